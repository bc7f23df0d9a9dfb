import { once } from 'node:events';
import t from 'tap';
import { holdLease, LeaseLost } from '../src/index.ts';

const LEASE_MS = 90;

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

t.test('a held lease is renewed several times before it could run out', async (t) => {
  const { renew, reached } = renewals(true);
  const started = performance.now();
  const lease = holdLease(renew, LEASE_MS);
  await reached(2);
  lease.release();
  t.ok(performance.now() - started < LEASE_MS, 'twice within one lease');
  t.notOk(lease.signal.aborted);
});

t.test('a lost lease aborts its signal and says so', async (t) => {
  const { renew } = renewals(true, false);
  const lease = holdLease(renew, LEASE_MS);
  t.teardown(() => lease.release());
  await once(lease.signal, 'abort');
  t.ok(lease.signal.reason instanceof LeaseLost);
});

t.test('a renewal that fails for a passing reason is tried again', async (t) => {
  const { renew, reached } = renewals(new Error('primary stepped down'), new Error('not yet'), true);
  const lease = holdLease(renew, LEASE_MS);
  await reached(4);
  lease.release();
  t.notOk(lease.signal.aborted);
});

t.test('a released lease is not renewed any more', async (t) => {
  const released = renewals(false);
  const lease = holdLease(released.renew, LEASE_MS);
  lease.release();
  const other = renewals(true);
  const otherLease = holdLease(other.renew, LEASE_MS);
  await other.reached(2);
  otherLease.release();
  t.equal(released.calls(), 0);
  t.notOk(lease.signal.aborted);
});
