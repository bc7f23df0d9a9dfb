import { randomBytes } from 'node:crypto';
import { type Concerned, reminderAt, type SessionFacts, sessionNews } from '@mentorline/domain';
import {
  type DueSession,
  factsOf,
  isSuppressed,
  type NewMail,
  type Organisation,
  type SessionLetter,
  type SuppressionReason,
  type User,
} from '@mentorline/store';

const SECRET_BYTES = 18;

/** Who may be written to, and in whose name. */
export interface Correspondents {
  organisation: Organisation;
  /** By id; who is missing is not written to. */
  users: ReadonlyMap<string, User>;
  /** By address, those that are. */
  suppressed: ReadonlyMap<string, ReadonlySet<SuppressionReason>>;
  /** Right-hand side of Message-IDs. */
  mailDomain: string;
}

/**
 * The mails that a session asks for at a moment: one for each person at most. A reminder does not wait for changes, nor do
 * they come early with it: more may follow. Whoever is told of the session now, or will hear of it for the first time,
 * needs no reminder of it, and nobody is told of one that is over.
 */
export function mailsOfSession(due: DueSession, correspondents: Correspondents, now: Date): NewMail[] {
  const { session, untold, remindAt } = due;
  const facts = factsOf(session);
  if (facts.endMs < now.getTime()) return [];
  const untoldNews = untold ? sessionNews(untold.before, facts) : [];
  const isTime = untold !== undefined && untold.dueAt <= now;
  const unreminded = new Set(
    untoldNews.filter(({ news }) => isTime || news !== 'changed').map(({ userId }) => userId),
  );
  const reminderMinutes = remindAt && remindAt <= now ? reminderAt(facts.startMs, now.getTime()) : undefined;
  const reminded = reminderMinutes === undefined ? [] : sessionNews(undefined, facts);
  return [
    ...(isTime ? untoldNews : []).flatMap((one) => newsMail(due, one, facts, correspondents, now)),
    ...reminded
      .filter(({ userId }) => !unreminded.has(userId))
      .flatMap((one) => reminder(due, one, reminderMinutes!, correspondents, now)),
  ];
}

function newsMail(
  { session, untold }: DueSession,
  concerned: Concerned,
  facts: SessionFacts,
  correspondents: Correspondents,
  now: Date,
): NewMail[] {
  const { news, userId } = concerned;
  const before = untold?.before;
  const isOut = news === 'cancelled' || news === 'removed';
  // Somebody who is out of it recognises it by what they knew.
  const { title, startMs, endMs } = isOut && before ? before : facts;
  const known = news === 'changed' ? before : undefined;
  return mailTo(correspondents, concerned, {
    kind: `session-${news}`,
    organisationId: session.organisationId,
    messageId: messageId(correspondents, `session-${news}.${session.id}.${userId}.${session.version}`),
    date: now,
    letter: {
      ...lettersCommon(session, correspondents),
      ...{ title, start: new Date(startMs), end: new Date(endMs) },
      ...(isOut
        ? {}
        : {
            inside: {
              description: session.description,
              meeting: session.meeting,
              before: known
                ? {
                    title: known.title,
                    start: new Date(known.startMs),
                    end: new Date(known.endMs),
                    meeting: known.meeting,
                  }
                : null,
            },
          }),
      reminderMinutes: null,
    },
  });
}

function reminder(
  { session }: DueSession,
  concerned: Concerned,
  reminderMinutes: number,
  correspondents: Correspondents,
  now: Date,
): NewMail[] {
  const { title, start, end, description, meeting } = session;
  const name = `session-reminder-${reminderMinutes}.${session.id}.${concerned.userId}.${start.getTime()}`;
  return mailTo(correspondents, concerned, {
    kind: 'session-reminder',
    organisationId: session.organisationId,
    messageId: messageId(correspondents, name),
    date: now,
    letter: {
      ...lettersCommon(session, correspondents),
      ...{ title, start, end },
      inside: { description, meeting, before: null },
      reminderMinutes,
      unsubscribeSecret: randomBytes(SECRET_BYTES).toString('base64url'),
    },
  });
}

function mailTo(
  { users, suppressed }: Correspondents,
  { userId, role }: Concerned,
  { letter, ...mail }: Omit<NewMail, 'to'> & { letter: Omit<SessionLetter, 'userId' | 'role'> },
): NewMail[] {
  const user = users.get(userId);
  if (!user?.active || isSuppressed(suppressed.get(user.email), mail)) return [];
  return [{ ...mail, to: { name: user.name, address: user.email }, session: { ...letter, userId, role } }];
}

function lettersCommon(
  { id, version, mentorId }: DueSession['session'],
  { organisation, users }: Correspondents,
): Pick<SessionLetter, 'sessionId' | 'version' | 'timeZone' | 'mentor'> {
  const { name = '', email = '' } = users.get(mentorId) ?? {};
  return {
    sessionId: id,
    version,
    timeZone: organisation.settings.timeZone,
    mentor: { name, address: email },
  };
}

function messageId({ mailDomain }: Correspondents, name: string): string {
  return `<${name}@${mailDomain}>`;
}
