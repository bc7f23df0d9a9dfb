import { askedGauges, Counter, Histogram, LONG_BUCKETS, type Registry, SECOND_MS } from '@mentorline/runtime';
import { JOBS, type JobName, type QueueName } from './job-list.ts';
import type { JobQueues } from './job-queues.ts';

const OUTCOMES = ['done', 'failed'] as const;
/** One that this release does not know; its own name may be anything. */
const UNKNOWN_JOB = 'unknown';

/** What a worker measures of the jobs of its queue. */
export function jobMetrics(registry: Registry, queue: QueueName) {
  const registers = [registry];
  const seconds = new Histogram({
    ...{ name: 'mentorline_job_duration_seconds', labelNames: ['job', 'outcome'], registers },
    help: 'How long jobs ran; a job is a wake-up call, and ends at once when there is nothing to do',
    buckets: LONG_BUCKETS,
  });
  const waited = new Histogram({
    ...{ name: 'mentorline_job_wait_seconds', labelNames: ['job'], registers },
    help: 'How long jobs waited in Redis before they were begun',
    buckets: LONG_BUCKETS,
  });
  const lost = new Counter({
    ...{ name: 'mentorline_jobs_stalled_total', labelNames: ['queue'], registers },
    help: 'Jobs whose worker was lost and that were given to another one',
  });
  const jobs = (Object.keys(JOBS) as JobName[]).filter((job) => JOBS[job].queue === queue);
  // To Prometheus a series that appears with a value has not increased: alerts would miss the first job that fails.
  for (const job of [...jobs, UNKNOWN_JOB]) {
    for (const outcome of OUTCOMES) seconds.zero({ job, outcome });
  }
  lost.inc({ queue }, 0);
  return {
    begun: (job: JobName, waitedMs: number) => waited.observe({ job }, waitedMs / SECOND_MS),
    ended: (job: JobName, outcome: (typeof OUTCOMES)[number], ms: number) =>
      seconds.observe({ job, outcome }, ms / SECOND_MS),
    refused: () => seconds.observe({ job: UNKNOWN_JOB, outcome: 'failed' }, 0),
    stalled: () => lost.inc({ queue }),
  };
}

/** How deep a queue is, and for how long its oldest job has waited, as Redis tells when Prometheus asks. */
export function queueGauges(registry: Registry, queues: Pick<JobQueues, 'measure'>, queue: QueueName): void {
  askedGauges(
    registry,
    {
      jobs: {
        name: 'mentorline_queue_jobs',
        help: 'Jobs in Redis by state; every worker process of a queue tells the same',
        labelNames: ['queue', 'state'],
      },
      oldest: {
        name: 'mentorline_queue_oldest_waiting_seconds',
        help: 'How long the job that waits longest has waited; 0 when none does',
        labelNames: ['queue'],
      },
    },
    async () => {
      const { oldestWaitingMs, ...byState } = await queues.measure(queue);
      return {
        jobs: Object.entries(byState).map(([state, value]) => ({ labels: { queue, state }, value })),
        oldest: [{ labels: { queue }, value: oldestWaitingMs / SECOND_MS }],
      };
    },
  );
}
