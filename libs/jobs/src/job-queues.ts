import { currentTrace, type Traceparent, within } from '@mentorline/runtime';
import { Queue } from 'bullmq';
import { JOBS, type JobName, type JobPayload, QUEUE_NAMES, type QueueName } from './job-list.ts';
import { lookAtQueues, type QueueState } from './look-at-queues.ts';
import { measureQueue, type QueueDepth } from './queue-depth.ts';
import { connectRedis, keyPrefix, type QueueLocation } from './redis.ts';
import { lookAtRedis, type RedisState } from './redis-info.ts';
import { setPaused } from './set-paused.ts';

// An add waits for ever when Redis has never been reached; a wake-up call is not worth a request's patience.
const ADD_TIMEOUT_MS = 1_000;
const KEPT_COMPLETED = 1_000;
const KEPT_FAILED = 5_000;

interface Call<Name extends JobName> {
  readonly payload: JobPayload<Name>;
  readonly turn: number;
  readonly priority?: number;
  readonly trace?: Traceparent | null;
}

/** The producing side of the queues. */
export function openQueues(location: QueueLocation) {
  const connection = connectRedis(location);
  // Each failure surfaces where a command is awaited; without a listener it would end the process.
  connection.on('error', () => {});
  const queues = new Map<QueueName, Queue>(
    QUEUE_NAMES.map((name) => {
      const queue = new Queue(name, { connection, prefix: keyPrefix(location, name) });
      queue.on('error', () => {});
      return [name, queue];
    }),
  );

  const jobOf = <Name extends JobName>(name: Name, { payload, turn, priority = 0, trace }: Call<Name>) => ({
    name,
    data: payload,
    opts: {
      deduplication: { id: `${name}-${Object.values(payload).join('-')}-${turn}` },
      attempts: 1,
      priority,
      // As bullmq-otel reads it. Its own span of every call that is repeated would only hide the rest.
      ...(trace ? { telemetry: { metadata: JSON.stringify({ traceparent: trace }) } } : {}),
      removeOnComplete: { count: KEPT_COMPLETED },
      removeOnFail: { count: KEPT_FAILED },
    },
  });

  const isTaken = (adding: Promise<unknown>): Promise<boolean> =>
    within(
      adding.then(() => true),
      ADD_TIMEOUT_MS,
      false,
    );

  return {
    /**
     * Adds a wake-up call. `turn` tells one try from the next: while a call of the same payload and turn waits or
     * runs, another is dropped. Of calls that wait those of `priority` 0 go first, then those of 1, and so on.
     * @param trace of what it calls for; that of the caller, where nothing else is said
     * @returns whether Redis took it within a second; if not the dispatcher will call again
     */
    async enqueue<Name extends JobName>(
      name: Name,
      payload: JobPayload<Name>,
      turn: number,
      priority = 0,
      trace: Traceparent | null = currentTrace(),
    ): Promise<boolean> {
      const { data, opts } = jobOf(name, { payload, turn, priority, trace });
      return isTaken(queues.get(JOBS[name].queue)!.add(name, data, opts));
    },

    /** As {@link enqueue}, many in one trip. */
    async enqueueAll<Name extends JobName>(name: Name, calls: readonly Call<Name>[]): Promise<boolean> {
      if (calls.length === 0) return true;
      return isTaken(queues.get(JOBS[name].queue)!.addBulk(calls.map((call) => jobOf(name, call))));
    },

    /** What waits in the queues; undefined while Redis does not answer. */
    look: (): Promise<QueueState[] | undefined> => lookAtQueues(queues),

    /** What Redis tells of itself; undefined while it does not answer. */
    lookAtRedis: (): Promise<RedisState | undefined> => lookAtRedis(connection),

    /** Keeps all workers from taking jobs of a queue, or lets them again; those that run go on. */
    setPaused: (name: QueueName, paused: boolean) => setPaused(location, { name, paused }),

    /** By name, for the queue board. */
    queues: queues as ReadonlyMap<QueueName, Queue>,

    /** How much waits in a queue; hangs while Redis is away. */
    measure: (name: QueueName): Promise<QueueDepth> => measureQueue(queues.get(name)!, Date.now()),

    /** @throws when Redis does not answer */
    async ping(): Promise<void> {
      await connection.ping();
    },

    connection,

    async close(): Promise<void> {
      connection.disconnect();
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

export type JobQueues = ReturnType<typeof openQueues>;
