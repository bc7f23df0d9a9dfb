import { once } from 'node:events';
import t from 'tap';
import { holdLease, LeaseLost } from '../src/index.ts';

const EVERY_MS = 30;

/** A renewal that gives the answers in turn, the last one for ever; `reached(n)` resolves at the n-th call. */
function renewals(...answers: (boolean | Error)[]) {
  let calls = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  return {
    calls: () => calls,
    reached: (count: number): Promise<void> =>
      new Promise((resolve) => void waiting.push({ count, resolve })),
    async renew(): Promise<boolean> {
      const answer = answers[Math.min(calls, answers.length - 1)]!;
      calls += 1;
      for (const { count, resolve } of waiting) if (calls >= count) resolve();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

t.test('a held lease is renewed at every beat', async (t) => {
  const { renew, calls, reached } = renewals(true);
  const started = performance.now();
  const lease = holdLease(renew, EVERY_MS);
  t.equal(calls(), 0, 'whoever begins to hold a lease has just taken it');
  await reached(3);
  lease.release();
  const tookMs = performance.now() - started;
  t.ok(tookMs > 2 * EVERY_MS, `three beats in ${tookMs} ms, not all at once`);
  t.notOk(lease.signal.aborted);
});

t.test('a lost lease aborts its signal and says so', async (t) => {
  const { renew } = renewals(true, false);
  const lease = holdLease(renew, EVERY_MS);
  t.teardown(() => lease.release());
  await once(lease.signal, 'abort');
  t.ok(lease.signal.reason instanceof LeaseLost);
});

t.test('a renewal that fails for a passing reason is tried again', async (t) => {
  const { renew, reached } = renewals(new Error('primary stepped down'), new Error('not yet'), true);
  const lease = holdLease(renew, EVERY_MS);
  await reached(4);
  lease.release();
  t.notOk(lease.signal.aborted);
});

t.test('a released lease is not renewed any more', async (t) => {
  const released = renewals(false);
  const lease = holdLease(released.renew, EVERY_MS);
  lease.release();
  const other = renewals(true);
  const otherLease = holdLease(other.renew, EVERY_MS);
  await other.reached(2);
  otherLease.release();
  t.equal(released.calls(), 0);
  t.notOk(lease.signal.aborted);
});
