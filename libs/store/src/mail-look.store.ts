import { MAIL_STATES, type MailState, WAITING_MAIL_STATES as WAITING } from '@mentorline/domain';
import { Types } from 'mongoose';
import { type LetterPage, lettersOf } from './letter-page.ts';
import { findLongestDue } from './longest-due.ts';
import { MAIL_PRIORITIES, type MailDocument, ofPriority } from './mail.model.ts';
import type { Models } from './models.ts';
import { countAtMost, type Total } from './total.ts';

/** A mail as operators see it: where it stands and what the relay said, and nothing of what it tells. */
export interface MailLook
  extends Pick<
    MailDocument,
    | 'kind'
    | 'status'
    | 'attempts'
    | 'date'
    | 'triedSince'
    | 'firstTriedAt'
    | 'nextAttemptAt'
    | 'lastError'
    | 'sentAt'
  > {
  id: string;
  organisationId: string;
  importId: string | null;
  /** Of what is sent: that of the lighter mail, once it goes without its attachment. */
  messageId: string;
  sessionId: string | null;
  address: string;
  dismissedAt: Date | null;
  tries: NonNullable<MailDocument['tries']>;
}

const COUNTED_AT_MOST = 10_000;
/** Those without a time are looked at one by one. */
const GIVEN_UP_COUNTED_AT_MOST = 1_000;
const LOOK = {
  ...{ organisationId: 1, kind: 1, status: 1, attempts: 1, date: 1, nextAttemptAt: 1, messageId: 1 },
  ...{
    triedSince: 1,
    firstTriedAt: 1,
    lighterId: 1,
    lastError: 1,
    sentAt: 1,
    importId: 1,
    tries: 1,
    dismissedAt: 1,
  },
  ...{ 'session.sessionId': 1, 'to.address': 1 },
};

function fromDocument(document: MailDocument): MailLook {
  const { _id, organisationId, importId, session, to, tries = [], dismissedAt = null, ...others } = document;
  const { lighterId, ...plain } = others;
  return {
    ...plain,
    messageId: lighterId ?? plain.messageId,
    ...{ tries, dismissedAt },
    id: _id.toHexString(),
    organisationId: organisationId.toHexString(),
    importId: importId?.toHexString() ?? null,
    sessionId: session?.sessionId ?? null,
    address: to.address,
  };
}

/** What operators see of the mails of all organisations. Whatever is stored, it looks at a bounded part. */
export function mailLookStore({ Mail }: Models) {
  const mails = Mail.collection;
  /** In the form in which there is an index: by priority. */
  const waiting = MAIL_PRIORITIES.map(ofPriority);

  return {
    async lookAtMail(id: string): Promise<MailLook | undefined> {
      const found = await mails.findOne({ _id: new Types.ObjectId(id) }, { projection: LOOK });
      return found ? fromDocument(found as unknown as MailDocument) : undefined;
    },

    /** Mails that were given up, the last first; those that were put aside by when they were. */
    async listFailedMails(page: LetterPage): Promise<MailLook[]> {
      const found = await mails
        .find<MailDocument>({ status: 'failed', ...lettersOf(page) }, { projection: LOOK })
        .sort(page.dismissed ? { dismissedAt: -1, _id: 1 } : { _id: -1 })
        .limit(page.limit)
        .toArray();
      return found.map(fromDocument);
    },

    /** How many stand in each status. Those that were sent are what is left of all. */
    async countMails(): Promise<Record<MailState, Total>> {
      const count = (filter: object): Promise<Total> => countAtMost(mails, filter, COUNTED_AT_MOST);
      const [all, failed, ...others] = await Promise.all([
        mails.estimatedDocumentCount(),
        count({ status: 'failed' }),
        ...WAITING.flatMap((status) => waiting.map((priority) => count({ status, ...priority }))),
      ]);
      const sum = (counts: Total[]): Total => ({
        count: counts.reduce((total, one) => total + one.count, 0),
        isExact: counts.every(({ isExact }) => isExact),
      });
      const pending = sum(others.slice(0, waiting.length));
      const sending = sum(others.slice(waiting.length));
      const rest = all - failed.count - pending.count - sending.count;
      // The number of all is an estimate, and what is left of it with it.
      const sent = { count: Math.max(0, rest), isExact: false };
      const states = { pending, sending, sent, failed };
      return Object.fromEntries(MAIL_STATES.map((state) => [state, states[state]])) as typeof states;
    },

    /** How many were given up and not put aside, however many were. */
    countFailedMails(): Promise<Total> {
      return countAtMost(mails, { status: 'failed', dismissedAt: null }, GIVEN_UP_COUNTED_AT_MOST);
    },

    /** How many mails came back from the relay and are tried again, and the one that was tried most often. */
    async lookAtRetried(): Promise<{ total: Total; longest: MailLook | null }> {
      const retried = { status: { $in: WAITING }, attempts: { $gt: 0 }, lastError: { $gt: '' } };
      const [total, longest] = await Promise.all([
        countAtMost(mails, retried, COUNTED_AT_MOST),
        mails
          .find<MailDocument>(retried, { projection: LOOK })
          .sort({ attempts: -1, date: 1 })
          .limit(1)
          .next(),
      ]);
      return { total, longest: longest && fromDocument(longest) };
    },

    /** Since when the mail that is due longest has been so; `null` when none is. */
    async oldestDueAt(): Promise<Date | null> {
      const oldest = await Promise.all(MAIL_PRIORITIES.map((priority) => findLongestDue(mails, priority)));
      const times = oldest.flatMap((dueAt) => dueAt?.getTime() ?? []);
      return times.length > 0 ? new Date(Math.min(...times)) : null;
    },
  };
}
