import { IMPORT_STATUSES, TERMINAL_IMPORT_STATUSES, WAITING_MAIL_STATES } from '@mentorline/domain';
import { LEASE_HELD } from './lease.ts';
import { MAIL_PRIORITIES } from './mail.model.ts';
import type { Models } from './models.ts';

/** It is asked for again and again: better no answer than one that others wait for. */
const ASK_TIMEOUT_MS = 2_000;
const MOST_COUNTED = 10_000;

const UNFINISHED = IMPORT_STATUSES.filter((status) => !TERMINAL_IMPORT_STATUSES.includes(status));

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
            { $match: { status: { $in: UNFINISHED } } },
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
        const unsent = {
          status: { $in: WAITING_MAIL_STATES },
          priority: priority === 0 ? { $in: [0, null as never] } : priority,
        };
        const limits = { limit: MOST_COUNTED, maxTimeMS: ASK_TIMEOUT_MS };
        const mails = await Mail.collection.countDocuments(unsent, limits);
        const now = new Date();
        const [oldest] = await Mail.collection
          .find({ ...unsent, nextAttemptAt: { $lte: now } }, { projection: { nextAttemptAt: 1 } })
          .sort({ nextAttemptAt: 1 })
          .limit(1)
          .maxTimeMS(ASK_TIMEOUT_MS)
          .toArray();
        backlog.push({
          priority,
          mails,
          oldestDueMs: oldest ? now.getTime() - oldest.nextAttemptAt.getTime() : 0,
        });
      }
      return backlog;
    },
  };
}
