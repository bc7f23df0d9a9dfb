import { Redis } from 'ioredis';

/** Where the queues live. `prefix` keeps deployments that share a Redis apart. */
export interface QueueLocation {
  redisUrl: string;
  prefix: string;
}

/** One hash tag a queue: on Redis Cluster all keys of a queue must lie in one slot. */
export function keyPrefix(location: QueueLocation, queue: string): string {
  return `{${location.prefix}-${queue}}`;
}

/** A connection that reconnects for ever, as BullMQ's blocking commands need. */
export function connectRedis(location: QueueLocation): Redis {
  return new Redis(location.redisUrl, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
}

/**
 * What of Redis' settings endangers queued jobs, in sentences for an operator; empty when all is well.
 * Nothing that was accepted depends on it (MongoDB holds the truth), but lost wake-up calls cost time.
 */
export async function judgeRedis(redis: Redis): Promise<string[]> {
  const policy = (await redis.config('GET', 'maxmemory-policy')) as string[];
  const appendOnly = (await redis.config('GET', 'appendonly')) as string[];
  return [
    ...(policy[1] === 'noeviction'
      ? []
      : [`maxmemory-policy is ${policy[1]}, so Redis may drop queued jobs; set it to noeviction`]),
    ...(appendOnly[1] === 'yes'
      ? []
      : ['appendonly is off, so a restart of Redis loses queued jobs; turn it on']),
  ];
}
