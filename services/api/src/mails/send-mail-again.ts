import type { JobQueues } from '@mentorline/jobs';
import { AppError, type ErrorCode } from '@mentorline/runtime';
import type { Actor, AgainRefusal, Mail, Store } from '@mentorline/store';

/**
 * Lets a mail that failed for good go out again.
 * @param target what the audit log names: what the mail is about, in `actor`'s organisation
 * @returns the mail, waiting
 * @throws AppError NOT_FOUND, MAIL_NOT_FAILED, MAIL_OUTDATED, ADDRESS_SUPPRESSED
 */
export async function sendMailAgain(
  {
    store,
    queues,
    now,
  }: {
    store: Pick<Store, 'mails' | 'audit' | 'transaction'>;
    queues: Pick<JobQueues, 'enqueue'>;
    now: () => Date;
  },
  actor: Actor,
  { mailId, target }: { mailId: string; target: { kind: string; id: string } },
): Promise<Mail> {
  const at = now();
  const mail = await store.transaction(async (transaction) => {
    const again = await store.mails.sendAgain(transaction, mailId, at);
    if (again.outcome === 'refused') throw new AppError(...REFUSALS[again.reason]);
    await store.audit.noteWrite(transaction, actor, { at, action: 'mail.retried', target });
    return again.mail;
  });
  await queues.enqueue('send-mail', { mailId }, mail.attempts, mail.priority);
  return mail;
}

const REFUSALS: Readonly<Record<AgainRefusal, [ErrorCode, string]>> = {
  missing: ['NOT_FOUND', 'There is no such mail'],
  'not-failed': [
    'MAIL_NOT_FAILED',
    'The mail is sent, or is still being tried; only one that failed is sent again',
  ],
  outdated: [
    'MAIL_OUTDATED',
    'What the mail tells is over, or can be used no more; for a link to an account, invite the user again',
  ],
  suppressed: [
    'ADDRESS_SUPPRESSED',
    'Mails do not go to this address; an administrator can lift that (GET and DELETE /v1/suppressions), then ask again',
  ],
};
