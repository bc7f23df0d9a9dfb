import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueName } from './job-list.ts';
import { within } from './within.ts';

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
}

/** What Redis tells of itself, where it tells it. */
export interface RedisState {
  version: string | null;
  usedMemoryBytes: number | null;
  /** 0: no limit. */
  maxMemoryBytes: number | null;
  maxMemoryPolicy: string | null;
  appendOnly: boolean | null;
}

/** Operators look when something is wrong: what does not answer must not keep the rest from being shown. */
const PATIENCE_MS = 1_500;
const WAITING = ['waiting', 'prioritized', 'delayed'] as const;

/** @returns undefined when Redis does not answer in time */
export function lookAtQueues(queues: ReadonlyMap<QueueName, Queue>): Promise<QueueState[] | undefined> {
  const states = Promise.all(
    [...queues].map(async ([name, queue]): Promise<QueueState> => {
      const [counts, paused, oldest] = await Promise.all([
        queue.getJobCounts(...WAITING, 'active', 'failed'),
        queue.isPaused(),
        queue.getJobs([...WAITING], 0, 0, true),
      ]);
      const added = oldest.flatMap((job) => (job ? [job.timestamp] : []));
      return {
        ...{ name, paused },
        waiting: WAITING.reduce((sum, type) => sum + (counts[type] ?? 0), 0),
        active: counts.active ?? 0,
        failed: counts.failed ?? 0,
        oldestWaitingAt: added.length > 0 ? new Date(Math.min(...added)) : null,
      };
    }),
  );
  return within(states, PATIENCE_MS, undefined);
}

/** @returns undefined when Redis does not answer in time */
export function lookAtRedis(redis: Pick<Redis, 'info'>): Promise<RedisState | undefined> {
  return within(
    redis.info().then((text) => readInfo(String(text))),
    PATIENCE_MS,
    undefined,
  );
}

/** Of the answer to INFO; services that hide part of it leave that part unknown. */
export function readInfo(text: string): RedisState {
  const values = new Map(
    text.split(/\r?\n/u).flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)]] : [];
    }),
  );
  const number = (name: string): number | null => (values.has(name) ? Number(values.get(name)) : null);
  const appendOnly = number('aof_enabled');
  return {
    version: values.get('redis_version') ?? null,
    usedMemoryBytes: number('used_memory'),
    maxMemoryBytes: number('maxmemory'),
    maxMemoryPolicy: values.get('maxmemory_policy') ?? null,
    appendOnly: appendOnly === null ? null : appendOnly === 1,
  };
}
