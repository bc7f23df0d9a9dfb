import { within } from '@mentorline/runtime';
import type { Queue } from 'bullmq';
import type { QueueName } from './job-list.ts';
import { measureQueue } from './queue-depth.ts';
import { PATIENCE_MS } from './redis-info.ts';

/** The calls that wait in Redis, and those that are being answered. */
export interface QueueState {
  name: QueueName;
  paused: boolean;
  waiting: number;
  active: number;
  /** Of the last few thousand. */
  failed: number;
  /** When the oldest that waits was added; `null` when none does. */
  oldestWaitingAt: Date | null;
  /** What somebody has set on the queue board, for all workers together; `null` where nobody has. */
  concurrency: number | null;
  rateLimit: { max: number; durationMs: number } | null;
}

/** @returns undefined when Redis does not answer in time */
export function lookAtQueues(queues: ReadonlyMap<QueueName, Queue>): Promise<QueueState[] | undefined> {
  const states = Promise.all(
    [...queues].map(async ([name, queue]): Promise<QueueState> => {
      const nowMs = Date.now();
      const [depth, paused, concurrency, rate] = await Promise.all([
        measureQueue(queue, nowMs),
        queue.isPaused(),
        queue.getGlobalConcurrency(),
        queue.getGlobalRateLimit(),
      ]);
      const { oldestWaitingMs, ...counts } = depth;
      return {
        ...{ name, paused, ...counts, concurrency },
        rateLimit: rate && { max: rate.max, durationMs: rate.duration },
        oldestWaitingAt: counts.waiting > 0 ? new Date(nowMs - oldestWaitingMs) : null,
      };
    }),
  );
  return within(states, PATIENCE_MS, undefined);
}
