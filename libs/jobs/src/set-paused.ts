import { within } from '@mentorline/runtime';
import { Queue } from 'bullmq';
import type { QueueName } from './job-list.ts';
import { keyPrefix, openRedis, type QueueLocation } from './redis.ts';

const PATIENCE_MS = 1_000;

/**
 * Pauses a queue, or resumes it, now or not at all: what an operator was refused must not happen when Redis is back. So
 * it goes by a connection of its own, which keeps nothing for later and sends nothing twice; nothing is written to it
 * before Redis has answered on it.
 * @returns `away`: nothing was asked of Redis. `unanswered`: it was asked, and may have done it
 */
export async function setPaused(
  location: QueueLocation,
  { name, paused }: { name: QueueName; paused: boolean },
): Promise<'done' | 'away' | 'unanswered'> {
  const connection = openRedis(location.redisUrl, {
    ...{ lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: null },
    ...{ connectTimeout: PATIENCE_MS, retryStrategy: () => null },
  });
  connection.on('error', () => {});
  const isDone = (doing: Promise<unknown>): Promise<boolean> =>
    within(
      doing.then(() => true),
      PATIENCE_MS,
      false,
    );
  try {
    if (!(await isDone(connection.connect()))) return 'away';
    const queue = new Queue(name, {
      ...{ connection, prefix: keyPrefix(location, name), skipMetasUpdate: true },
    });
    queue.on('error', () => {});
    return (await isDone(paused ? queue.pause() : queue.resume())) ? 'done' : 'unanswered';
  } finally {
    connection.disconnect();
  }
}
