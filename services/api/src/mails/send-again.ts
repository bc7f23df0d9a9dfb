import type { JobQueues } from '@mentorline/jobs';
import { AppError, type ErrorCode } from '@mentorline/runtime';
import type { AgainRefusal, Mail, Store, Transaction } from '@mentorline/store';

/** What whoever asks is told, and under which code, when a mail is not sent again. */
export type Refusals = Readonly<Record<AgainRefusal, readonly [ErrorCode, string]>>;

export interface SendAgainDeps {
  store: Pick<Store, 'mails' | 'audit' | 'transaction'>;
  queues: Pick<JobQueues, 'enqueue'>;
  now: () => Date;
}

/**
 * Lets a mail that failed for good wait to be sent again, as the same mail.
 * @param by.note writes the audit log, in the transaction in which the mail is put back
 * @returns the mail, waiting
 * @throws AppError of `refusals`
 */
export async function sendAgain(
  { store, queues, now }: SendAgainDeps,
  mailId: string,
  by: {
    refusals: Refusals;
    note: (transaction: Transaction, mail: Mail, at: Date) => Promise<void>;
  },
): Promise<Mail> {
  const at = now();
  const mail = await store.transaction(async (transaction) => {
    const again = await store.mails.sendAgain(transaction, mailId, at);
    if (again.outcome === 'refused') throw new AppError(...by.refusals[again.reason]);
    await by.note(transaction, again.mail, at);
    return again.mail;
  });
  await queues.enqueue('send-mail', { mailId }, mail.attempts, mail.priority);
  return mail;
}
