import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { workTogether } from '../src/work-together.ts';

/** Work that ends when it is told to, a batch after the other, and what it was given. */
function openWork() {
  const batches: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = [];
  const one = workTogether(
    0,
    (items: readonly number[]) =>
      new Promise<string[]>((resolve, reject) => {
        batches.push({ items, end: () => resolve(items.map((item) => `done ${item}`)), fail: reject });
      }),
  );
  const given = () => batches.map(({ items }) => items);
  return { one, batches, given };
}

t.test('what comes at the same moment is one batch, and each gets its own result', async (t) => {
  const { one, batches, given } = openWork();
  const results = [one(1), one(2), one(3)];
  t.same(given(), [], 'nothing begins before all of the moment have come');
  await turn();
  await turn();
  t.same(given(), [[1, 2, 3]]);
  batches[0]!.end();
  t.same(await Promise.all(results), ['done 1', 'done 2', 'done 3']);
});

t.test('what comes while a batch is at work waits for it, and is the next', async (t) => {
  const { one, batches, given } = openWork();
  const first = one(1);
  await turn();
  await turn();
  const second = [one(2)];
  await turn();
  second.push(one(3));
  await turn();
  t.same(given(), [[1]], 'one batch at a time');
  batches[0]!.end();
  t.equal(await first, 'done 1');
  await turn();
  t.same(given(), [[1], [2, 3]]);
  batches[1]!.end();
  t.same(await Promise.all(second), ['done 2', 'done 3']);
});

t.test('what comes in soon after a batch began is done together, once the time is over', async (t) => {
  const batches: { items: readonly number[]; timeIsOver: boolean }[] = [];
  let timeIsOver = false;
  const one = workTogether(50, async (items: readonly number[]) => {
    batches.push({ items, timeIsOver });
    // However long the machine stands still, of two timers that began together the shorter ends first.
    setTimeout(() => {
      timeIsOver = true;
    }, 49);
    return items;
  });
  await one(1);
  t.same(batches, [{ items: [1], timeIsOver: false }], 'the first waits for nobody');
  await Promise.all([one(2), one(3)]);
  t.same(batches.slice(1), [{ items: [2, 3], timeIsOver: true }], 'not before the time is over');
});

t.test('one that comes by itself, after all is done, is not left waiting', async (t) => {
  const { one, batches, given } = openWork();
  for (const n of [1, 2, 3]) {
    const result = one(n);
    await turn();
    await turn();
    batches[n - 1]!.end();
    t.equal(await result, `done ${n}`);
    // Called for by whoever learns of the result, and a moment later.
    if (n % 2 === 0) await turn();
  }
  t.same(given(), [[1], [2], [3]]);
});

t.test('a batch that fails fails for all in it, and for nobody else', async (t) => {
  const { one, batches } = openWork();
  const failing = [one(1), one(2)];
  await turn();
  await turn();
  const waiting = one(3);
  const settled = Promise.allSettled(failing);
  batches[0]!.fail(new Error('no database'));
  t.same(
    (await settled).map((result) => result.status === 'rejected' && result.reason.message),
    ['no database', 'no database'],
  );
  await turn();
  batches[1]!.end();
  t.equal(await waiting, 'done 3');
});

t.test('whatever comes when: each is done once, in order, and hears what became of its batch', async () => {
  /** `pauses`: turns of the event loop until the next one comes; `works`: how many each batch takes, and how it ends. */
  const given = fc.record({
    pauses: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 30 }),
    works: fc.array(fc.record({ turns: fc.nat({ max: 3 }), fails: fc.boolean() }), { minLength: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(given, async ({ pauses, works }) => {
      const batches: (readonly number[])[] = [];
      const workOf = (batch: number) => works[batch % works.length]!;
      let atWork = 0;
      const one = workTogether(0, async (items: readonly number[]) => {
        const batch = batches.push(items) - 1;
        atWork += 1;
        if (atWork > 1) throw new Error('two batches at a time');
        const { turns, fails } = workOf(batch);
        for (let n = 0; n < turns; n += 1) await turn();
        atWork -= 1;
        if (fails) throw batch;
        return items.map((item) => ({ item, batch }));
      });
      const results: Promise<unknown>[] = [];
      for (const [item, pause] of pauses.entries()) {
        results.push(one(item).catch((failed: unknown) => ({ item, batch: failed })));
        for (let n = 0; n < pause; n += 1) await turn();
      }
      const outcomes = await Promise.all(results);
      const expected = batches.flatMap((items, batch) => items.map((item) => ({ item, batch })));
      return (
        JSON.stringify(outcomes) === JSON.stringify(expected) && expected.every(({ item }, n) => item === n)
      );
    }),
  );
});
