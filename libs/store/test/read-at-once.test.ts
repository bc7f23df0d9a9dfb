import t from 'tap';
import { aggregateAtOnce, findAtOnce } from '../src/read-at-once.ts';
import { openStore } from './open-store.ts';

/** Pens and books with the numbers 1 to `count`, and how many trips to the database something takes. */
async function openShelf(t: Parameters<typeof openStore>[0], count = 3) {
  const { connection: db } = await openStore(t);
  const [pens, books] = ['pens', 'books'].map((name) => ({ db, collection: db.collection(name) }));
  for (const { collection } of [pens!, books!]) {
    await collection.insertMany(Array.from({ length: count }, (_, n) => ({ n: n + 1, of: collection.name })));
  }
  const tripsOf = async <Result>(work: () => Promise<Result>) => {
    await db.db!.setProfilingLevel('all');
    const result = await work();
    await db.db!.setProfilingLevel('off');
    const profile = db.db!.collection('system.profile');
    const trips = await profile.countDocuments({
      op: { $in: ['query', 'command', 'getmore'] },
      'command.profile': null,
    });
    await profile.drop();
    return { result, trips };
  };
  return { pens: pens!, books: books!, tripsOf };
}

const numbers = (found: readonly { n: number; of: string }[]) =>
  found.map(({ n, of }) => `${of} ${n}`).sort();

t.test('what is asked for at the same moment is one trip, and each gets its own', async (t) => {
  const { pens, books, tripsOf } = await openShelf(t);
  const { result, trips } = await tripsOf(() =>
    Promise.all([
      findAtOnce<{ n: number; of: string }>(pens, { n: { $lte: 2 } }),
      findAtOnce<{ n: number; of: string }>(books, { n: 3 }, { _id: 0 }),
      findAtOnce<{ n: number; of: string }>(books, { n: 4 }),
      aggregateAtOnce<{ sum: number }>(books, [{ $group: { _id: null, sum: { $sum: '$n' } } }]),
      findAtOnce<{ n: number; of: string }>(pens, { n: 2 }, { n: 1, of: 1 }),
    ]),
  );
  t.equal(trips, 1);
  const [somePens, oneBook, none, sums, samePen] = result;
  t.same(numbers(somePens), ['pens 1', 'pens 2']);
  t.same(oneBook, [{ n: 3, of: 'books' }], 'as projected');
  t.same(none, []);
  t.match(sums, [{ sum: 6 }]);
  t.same(numbers(samePen), ['pens 2'], 'also of what another gets');
});

t.test('what is asked for alone, or later, is a trip of its own, and many come in one answer', async (t) => {
  const { pens, books, tripsOf } = await openShelf(t, 500);
  const { result, trips } = await tripsOf(async () => [
    await findAtOnce(pens, { n: { $gt: 0 } }),
    await aggregateAtOnce(books, [{ $match: { n: { $gt: 0 } } }]),
    ...(await Promise.all([findAtOnce(pens, { n: { $gt: 0 } }), findAtOnce(books, { n: { $gt: 0 } })])),
  ]);
  t.equal(trips, 3);
  t.same(
    result.map(({ length }) => length),
    [500, 500, 500, 500],
  );
});

t.test('a trip that fails fails for all who shared it, and the next is tried anew', async (t) => {
  const { pens, books } = await openShelf(t);
  const failed = await Promise.allSettled([
    findAtOnce(pens, { n: 1 }),
    findAtOnce(books, { $nonsense: true }),
    aggregateAtOnce(books, [{ $limit: 1 }]),
  ]);
  t.same(
    failed.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  await t.rejects(findAtOnce(books, { $nonsense: true }));
  t.equal((await findAtOnce(pens, { n: 1 })).length, 1);
});
