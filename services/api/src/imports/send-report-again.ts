import type { JobQueues } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import type { Actor, Import, Store, User } from '@mentorline/store';
import { sendMailAgain } from '../mails/send-mail-again.ts';
import { findImport } from './find-import.ts';

/**
 * Lets the report of an import, whose mail failed for good, go out again.
 * @throws AppError NOT_FOUND, and what `sendMailAgain` throws
 */
export async function sendReportAgain(
  deps: { store: Store; queues: Pick<JobQueues, 'enqueue'>; now: () => Date },
  { user, actor }: { user: User; actor: Actor },
  id: string,
): Promise<Import> {
  const found = await findImport(deps.store, id, user);
  if (!found.mailId) {
    throw new AppError('MAIL_NOT_FAILED', 'The import is still running; its report is mailed when it ends');
  }
  await sendMailAgain(deps, actor, { mailId: found.mailId, target: { kind: 'import', id } });
  return found;
}
