import { WAITING_MAIL_STATES } from '@mentorline/domain';
import { type MAIL_PRIORITIES, ofPriority } from './mail.model.ts';
import type { Models } from './models.ts';

/** Better no answer than one that others wait for. */
const ASK_TIMEOUT_MS = 2_000;

/** Since when the mail of a priority that is due longest has been so; undefined when none is. */
export async function findLongestDue(
  mails: Models['Mail']['collection'],
  priority: (typeof MAIL_PRIORITIES)[number],
  now = new Date(),
): Promise<Date | undefined> {
  const [oldest] = await mails
    .find(
      { status: { $in: WAITING_MAIL_STATES }, ...ofPriority(priority), nextAttemptAt: { $lte: now } },
      { projection: { nextAttemptAt: 1 } },
    )
    .sort({ nextAttemptAt: 1 })
    .limit(1)
    .maxTimeMS(ASK_TIMEOUT_MS)
    .toArray();
  return oldest?.nextAttemptAt;
}
