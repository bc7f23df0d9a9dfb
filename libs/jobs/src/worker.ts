import {
  type Activity,
  describeError,
  isTraced,
  type Logger,
  MINUTE_MS,
  type Registry,
} from '@mentorline/runtime';
import { type Job, Worker } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import { Value } from 'typebox/value';
import { JOBS, type JobName, type JobPayload, type QueueName } from './job-list.ts';
import { jobMetrics } from './job-metrics.ts';
import { connectRedis, keyPrefix, type QueueLocation } from './redis.ts';

/**
 * `signal` aborts when the service stops: leave off at the next safe point. A job may be delivered again while its
 * first run goes on (Redis has lost its lock); who may work is for a lease in MongoDB to say.
 */
export type JobHandler<Name extends JobName> = (
  payload: JobPayload<Name>,
  signal: AbortSignal,
) => Promise<void>;

// A worker that dies holds its job no longer than this; what counts against doing things twice is in MongoDB.
const LOCK_MS = 6_000;
const STALLED_CHECK_MS = 2_000;
const MANY = 1_000_000;
const STOP_DEADLINE_MS = 15_000;

/**
 * Consumes one queue. Every job declared for the queue needs its handler, so that none waits for ever.
 * @param options.perMinute jobs that all workers of the queue together begin in a minute at most; no limit when 0
 * @param options.registry where the jobs are measured, if they are
 * @param options.stopDeadlineMs how long a stop waits for the jobs that run
 * @returns how to stop: takes no more jobs, signals the running ones, waits for them by a deadline; and how to take no
 * more jobs for a while, and leave the running ones to their end
 */
export function startWorker<Queue extends QueueName>(
  options: QueueLocation & {
    queue: Queue;
    concurrency: number;
    logger: Logger;
    perMinute?: number;
    activity?: Pick<Activity, 'count'>;
    registry?: Registry;
    stopDeadlineMs?: number;
  },
  handlers: {
    [Name in JobName as (typeof JOBS)[Name]['queue'] extends Queue ? Name : never]: JobHandler<Name>;
  },
): { stop(): Promise<void>; drain(draining: boolean): void } {
  const { queue, concurrency, logger, perMinute = 0, activity, stopDeadlineMs = STOP_DEADLINE_MS } = options;
  const metrics = options.registry && jobMetrics(options.registry, queue);
  const stopping = new AbortController();
  const byName = handlers as unknown as Record<
    string,
    (payload: unknown, signal: AbortSignal) => Promise<void>
  >;
  const connection = connectRedis(options);

  const running = new Set<Promise<void>>();

  const process = async (job: Job): Promise<void> => {
    const handler = byName[job.name];
    // Its name may be that of what every object has.
    const declared = Object.hasOwn(JOBS, job.name) ? JOBS[job.name as JobName] : undefined;
    if (!handler || !declared || !Value.Check(declared.payload, job.data)) {
      metrics?.refused();
      throw new Error(`Job ${job.id} (${job.name}) is not one this release knows`);
    }
    const beganMs = Date.now();
    metrics?.begun(job.name as JobName, beganMs - job.timestamp);
    const run = handler(job.data, stopping.signal);
    running.add(run);
    let outcome: 'done' | 'failed' = 'failed';
    try {
      await run;
      outcome = 'done';
    } catch (error) {
      throw withoutContent(error);
    } finally {
      running.delete(run);
      activity?.count(queue);
      metrics?.ended(job.name as JobName, outcome, Date.now() - beganMs);
    }
  };

  const worker = new Worker(queue, process, {
    connection,
    prefix: keyPrefix(options, queue),
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: MANY,
    ...(isTraced() ? { telemetry: new BullMQOtel({ tracerName: 'bullmq' }) } : {}),
    ...(perMinute > 0 ? { limiter: { max: perMinute, duration: MINUTE_MS } } : {}),
  });
  let reachable = true;
  worker.on('error', (error) => {
    // Once an outage: while Redis is away every retry would say the same.
    if (reachable) logger.warn({ queue, reason: error.message }, 'queue cannot be reached; trying again');
    reachable = false;
  });
  worker.on('active', () => {
    reachable = true;
  });
  worker.on('stalled', () => metrics?.stalled());
  worker.on('failed', (job, error) => logger.error({ queue, jobId: job?.id, err: error }, 'job failed'));

  return {
    drain(draining) {
      const done = draining ? worker.pause(true) : worker.resume();
      done.catch((error: unknown) => logger.warn({ queue, err: error }, 'the queue was not told'));
    },

    async stop(): Promise<void> {
      stopping.abort(new Error('the service is stopping'));
      let timer: NodeJS.Timeout | undefined;
      const deadline = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, stopDeadlineMs);
      });
      // close() waits for the jobs to be noted as done, for ever while Redis is away: then the jobs alone are waited for.
      const closed = worker.close();
      const isAway = new Promise<void>((resolve) => {
        if (connection.status === 'ready') connection.once('close', resolve);
        else resolve();
      });
      await Promise.race([closed, isAway.then(() => Promise.allSettled(running)), deadline]);
      clearTimeout(timer);
      if (running.size > 0)
        logger.warn({ queue, jobs: running.size }, 'jobs are cut off: they did not end in time');
      connection.disconnect();
    },
  };
}

/** What of a failure Redis keeps, and the queue board shows. */
function withoutContent(error: unknown): Error {
  const { type, code, message, stack = '' } = describeError(error) ?? { type: 'Error', message: '' };
  const failure = new Error(message);
  failure.name = type;
  failure.stack = `${[type, code].filter(Boolean).join(' ')}\n${stack}`;
  return failure;
}
