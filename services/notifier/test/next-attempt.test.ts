import t from 'tap';
import { nextAttempt } from '../src/next-attempt.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const firstTriedAt = new Date('2027-06-14T09:30:00Z');
const startMs = firstTriedAt.getTime();

function delayMs(attempts: number, random: number): number {
  return nextAttempt({ firstTriedAt, attempts }, startMs, random)!.getTime() - startMs;
}

t.test('delays double from one second to a quarter of an hour', async (t) => {
  t.equal(delayMs(1, 0), 1_000);
  t.equal(delayMs(2, 0), 2_000);
  t.equal(delayMs(10, 0), 512_000);
  t.equal(delayMs(11, 0), 15 * MINUTE_MS);
  t.equal(delayMs(5_000, 0), 15 * MINUTE_MS);
});

t.test('chance shortens a delay by half at most', async (t) => {
  t.equal(delayMs(3, 0.5), 3_000);
  t.equal(delayMs(3, 1), 2_000);
});

t.test('the last try is a day after the first, and then it is given up', async (t) => {
  const nearlyMs = startMs + DAY_MS - MINUTE_MS;
  t.same(nextAttempt({ firstTriedAt, attempts: 100 }, nearlyMs, 0), new Date(startMs + DAY_MS));
  t.equal(nextAttempt({ firstTriedAt, attempts: 101 }, startMs + DAY_MS, 0), undefined);
});

t.test('where no first try is known the day begins with this one', async (t) => {
  for (const attempts of [1, 7]) t.ok(nextAttempt({ attempts }, startMs, 0)!.getTime() > startMs);
});
