import type { QueueState } from '@mentorline/jobs';
import { type Judgement, SECOND_MS } from '@mentorline/runtime';

/** What limits that were set on the queue board mean for what waits. Who set them may have forgotten it. */
export function judgeLimits(
  queue: Pick<QueueState, 'concurrency' | 'rateLimit' | 'waiting' | 'active'>,
): Judgement[] {
  const { concurrency, rateLimit, waiting, active } = queue;
  const holdsBack = waiting > 0;
  return [
    ...(concurrency === null ? [] : [judgeConcurrency(concurrency, holdsBack && active >= concurrency)]),
    ...(rateLimit === null ? [] : [judgeRate(rateLimit, holdsBack)]),
  ];
}

function judgeConcurrency(concurrency: number, holdsBack: boolean): Judgement {
  if (concurrency < 1) return { level: 'critical', text: 'lets no call be answered at all' };
  const text = `lets ${calls(concurrency)} be answered at a time, by all processes together`;
  return { level: holdsBack ? 'warning' : 'ok', text };
}

function judgeRate({ max, durationMs }: { max: number; durationMs: number }, holdsBack: boolean): Judgement {
  const text = `lets ${calls(max)} be begun in ${durationMs / SECOND_MS} s, by all processes together`;
  return { level: holdsBack ? 'warning' : 'ok', text };
}

function calls(n: number): string {
  return n === 1 ? '1 call' : `${n} calls`;
}
