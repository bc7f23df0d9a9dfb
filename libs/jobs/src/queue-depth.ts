import { MAIL_PRIORITIES } from '@mentorline/store';
import type { Queue } from 'bullmq';

export interface QueueDepth {
  waiting: number;
  active: number;
  failed: number;
  /** 0 when none waits. */
  oldestWaitingMs: number;
}

/** Calls wait in a list, those of a priority above 0 in a set of their own: of each priority the first is the oldest. */
export async function measureQueue(queue: Queue, nowMs: number): Promise<QueueDepth> {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active', 'failed');
  const { waiting = 0, prioritized = 0, delayed = 0, active = 0, failed = 0 } = counts;
  const oldest = await queue.getWaiting(0, 0);
  if (prioritized > 0) {
    let first = 0;
    const perPriority = await queue.getCountsPerPriority(MAIL_PRIORITIES.filter((priority) => priority > 0));
    for (const jobs of Object.values(perPriority)) {
      if (jobs > 0) oldest.push(...(await queue.getPrioritized(first, first)));
      first += jobs;
    }
  }
  const since = Math.min(nowMs, ...oldest.flatMap((job) => job?.timestamp ?? []));
  return { waiting: waiting + prioritized + delayed, active, failed, oldestWaitingMs: nowMs - since };
}
