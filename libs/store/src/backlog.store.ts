import { UNFINISHED_IMPORT_STATUSES, WAITING_MAIL_STATES } from '@mentorline/domain';
import { LEASE_HELD } from './lease.ts';
import { findLongestDue } from './longest-due.ts';
import { MAIL_PRIORITIES, ofPriority } from './mail.model.ts';
import type { Models } from './models.ts';

/** It is asked for again and again: better no answer than one that others wait for. */
const ASK_TIMEOUT_MS = 2_000;
const MOST_COUNTED = 10_000;

export interface ImportBacklog {
  waiting: number;
  running: number;
  /** Since it was accepted; 0 when none waits. */
  oldestWaitingMs: number;
}

/** Of the mails of one priority. */
export interface OutboxBacklog {
  priority: number;
  /** Not sent yet, those that wait for their next attempt included; counted to 10,000. */
  mails: number;
  /** How long the one that is due longest has been so; 0 when none is. */
  oldestDueMs: number;
}

/** What waits, for those who watch over a deployment; whatever is stored, it costs little to ask. */
export function backlogStore({ Import, Mail }: Models) {
  return {
    async measureImports(): Promise<ImportBacklog> {
      const found = await Import.collection
        .aggregate<{ _id: boolean; imports: number; oldestMs: number }>(
          [
            { $match: { status: { $in: UNFINISHED_IMPORT_STATUSES } } },
            { $group: { _id: LEASE_HELD, imports: { $sum: 1 }, oldest: { $min: '$acceptedAt' } } },
            { $project: { imports: 1, oldestMs: { $subtract: ['$$NOW', '$oldest'] } } },
          ],
          { maxTimeMS: ASK_TIMEOUT_MS },
        )
        .toArray();
      const running = found.find(({ _id: held }) => held);
      const waiting = found.find(({ _id: held }) => !held);
      return {
        waiting: waiting?.imports ?? 0,
        running: running?.imports ?? 0,
        oldestWaitingMs: Math.max(0, waiting?.oldestMs ?? 0),
      };
    },

    async measureOutbox(): Promise<OutboxBacklog[]> {
      const backlog: OutboxBacklog[] = [];
      for (const priority of MAIL_PRIORITIES) {
        const mails = await Mail.collection.countDocuments(
          { status: { $in: WAITING_MAIL_STATES }, ...ofPriority(priority) },
          { limit: MOST_COUNTED, maxTimeMS: ASK_TIMEOUT_MS },
        );
        const now = new Date();
        const dueAt = await findLongestDue(Mail.collection, priority, now);
        backlog.push({ priority, mails, oldestDueMs: dueAt ? now.getTime() - dueAt.getTime() : 0 });
      }
      return backlog;
    },
  };
}
