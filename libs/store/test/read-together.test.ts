import t from 'tap';
import { readTogether } from '../src/read-together.ts';

/** Reads of numbers by their names, and what each trip has asked for. */
function openReads(stored: ReadonlyMap<string, number>) {
  const trips: (readonly string[])[] = [];
  const read = readTogether(async (keys) => {
    trips.push(keys);
    return new Map(keys.flatMap((key) => (stored.has(key) ? [[key, stored.get(key)!] as const] : [])));
  });
  return { trips, read };
}

t.test('reads that come at the same moment are one trip, and each gets its own', async (t) => {
  const { trips, read } = openReads(
    new Map([
      ['one', 1],
      ['two', 2],
      ['three', 3],
    ]),
  );
  const answers = await Promise.all([read(['one', 'two']), read(['two', 'none']), read([]), read(['three'])]);
  t.same(trips, [['one', 'two', 'none', 'three']]);
  t.same(
    answers.map((answer) => [...answer]),
    [
      [
        ['one', 1],
        ['two', 2],
      ],
      [['two', 2]],
      [],
      [['three', 3]],
    ],
  );
});

t.test('nothing is kept: the next read sees what has changed', async (t) => {
  const stored = new Map([['one', 1]]);
  const { trips, read } = openReads(stored);
  await read(['one']);
  stored.set('one', 11);
  t.equal((await read(['one'])).get('one'), 11);
  t.equal(trips.length, 2);
});

t.test('a read that fails fails for those who shared it, and the next is tried anew', async (t) => {
  let fails = true;
  const read = readTogether(async (keys) => {
    if (fails) throw new Error('no database');
    return new Map(keys.map((key) => [key, key]));
  });
  await Promise.all([
    t.rejects(read(['one']), { message: 'no database' }),
    t.rejects(read(['two']), { message: 'no database' }),
  ]);
  fails = false;
  t.same([...(await read(['one'])).keys()], ['one']);
});
