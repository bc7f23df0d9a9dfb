import { type Logger, MINUTE_MS } from '@mentorline/runtime';
import { type DueSession, isOwnFault, type NewMail, type Organisation, type Store } from '@mentorline/store';
import { mailsOfSession } from './mails-of-session.ts';

export interface PlanDeps {
  store: Pick<Store, 'transaction' | 'sessions' | 'users' | 'organisations' | 'mails' | 'suppressions'>;
  logger: Logger;
  now: () => Date;
  /** Right-hand side of Message-IDs. */
  mailDomain: string;
}

const POSTPONED_MS = 10 * MINUTE_MS;

/**
 * Puts the mails that sessions ask for in the outbox, and notes that those in them are told, in one transaction: a mail
 * and the note of it are there together or not at all, and of several notifiers one gets through. Sessions of which
 * nobody has to be told by now are left alone. One that is itself at fault is put off, and the others go on.
 * @throws what may pass; nothing is noted then
 */
export async function planMails(deps: PlanDeps, sessionIds: readonly string[]): Promise<void> {
  const { store, logger, now } = deps;
  const at = now();
  try {
    const mails = await store.transaction(async (transaction) => {
      const due = await store.sessions.readDueSessions(transaction, sessionIds, at);
      const planned = await mailsOf(deps, due, at);
      await store.mails.addMails(transaction, planned);
      await store.sessions.noteTold(transaction, due, at);
      return planned.length;
    });
    logger.info({ sessions: sessionIds.length, mails }, 'session mails planned');
  } catch (error) {
    if (!isOwnFault(error)) throw error;
    const [sessionId, ...others] = sessionIds;
    if (others.length > 0) {
      for (const id of sessionIds) await planMails(deps, [id]);
      return;
    }
    logger.error({ err: error, sessionId }, 'the mails of a session cannot be planned');
    await store.sessions.postponeTelling(sessionId!, at, new Date(at.getTime() + POSTPONED_MS));
  }
}

async function mailsOf(
  { store, mailDomain }: PlanDeps,
  due: readonly DueSession[],
  at: Date,
): Promise<NewMail[]> {
  const people = due.flatMap(({ session, untold }) => [
    ...idsOf(session),
    ...(untold?.before ? idsOf(untold.before) : []),
  ]);
  const users = await store.users.findUsers([...new Set(people)]);
  const addresses = [...users.values()].map(({ email }) => email);
  const suppressed = await store.suppressions.findSuppressed(addresses);
  const organisations = await organisationsOf(store, due);
  return due.flatMap((one) => {
    const organisation = organisations.get(one.session.organisationId);
    return organisation ? mailsOfSession(one, { organisation, users, suppressed, mailDomain }, at) : [];
  });
}

function idsOf({
  mentorId,
  mentees,
}: {
  mentorId: string;
  mentees: readonly { userId: string }[];
}): string[] {
  return [mentorId, ...mentees.map(({ userId }) => userId)];
}

async function organisationsOf(
  { organisations }: Pick<Store, 'organisations'>,
  due: readonly DueSession[],
): Promise<Map<string, Organisation>> {
  const found = new Map<string, Organisation>();
  for (const id of new Set(due.map(({ session }) => session.organisationId))) {
    const organisation = await organisations.findOrganisation(id);
    if (organisation) found.set(id, organisation);
  }
  return found;
}
