import type { Actor, Mail } from '@mentorline/store';
import { type Refusals, type SendAgainDeps, sendAgain } from './send-again.ts';

/**
 * Lets a mail that failed for good go out again.
 * @param target what the audit log names: what the mail is about, in `actor`'s organisation
 * @returns the mail, waiting
 * @throws AppError NOT_FOUND, MAIL_NOT_FAILED, MAIL_OUTDATED, ADDRESS_SUPPRESSED
 */
export function sendMailAgain(
  deps: SendAgainDeps,
  actor: Actor,
  { mailId, target }: { mailId: string; target: { kind: string; id: string } },
): Promise<Mail> {
  return sendAgain(deps, mailId, {
    refusals: REFUSALS,
    note: (transaction, _mail, at) =>
      deps.store.audit.noteWrite(transaction, actor, { at, action: 'mail.retried', target }),
  });
}

const REFUSALS: Refusals = {
  missing: ['NOT_FOUND', 'There is no such mail'],
  'not-failed': [
    'MAIL_NOT_FAILED',
    'The mail is sent, or is still being tried; only one that failed is sent again',
  ],
  outdated: [
    'MAIL_OUTDATED',
    'What the mail tells is over, has been told anew since, or can be used no more; for a link to an account, invite the user again',
  ],
  suppressed: [
    'ADDRESS_SUPPRESSED',
    'Whoever reads mails at this address wants no reminders; an administrator can lift that (GET and DELETE /v1/suppressions), then ask again',
  ],
};
