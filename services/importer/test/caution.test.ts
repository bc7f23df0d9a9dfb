import t from 'tap';
import { cautionFor } from '../src/caution.ts';

const SHARD = {
  ...{ importId: 'f'.repeat(24), shard: 0, doneThrough: 0, attempts: 4 },
  ...{ trial: null, suspect: null, stalls: 0 },
};
const rows = (...numbers: number[]) => numbers.map((row) => ({ row, cells: [] }));
const numbersOf = (parts: readonly (readonly { row: number }[])[]): number[][] =>
  parts.map((part) => part.map(({ row }) => row));

t.test('two lost workers may be chance: chunks stay whole, and side by side', async (t) => {
  const suspect = { partition: 1, fromRow: 2, toRow: 9, crashes: 1 };
  const caution = cautionFor({ ...SHARD, stalls: 2, suspect }, 100);
  t.notOk(caution.careful);
  t.same(numbersOf(caution.split(1, rows(1, 3, 5))), [[1, 3, 5]]);
});

t.test('after three, chunks are tried one at a time until enough rows have passed', async (t) => {
  const caution = cautionFor({ ...SHARD, stalls: 3 }, 100);
  t.ok(caution.careful);
  t.same(numbersOf(caution.split(0, rows(1, 2, 3))), [[1, 2, 3]], 'nothing is suspected yet');
  caution.passed(99);
  t.ok(caution.careful);
  caution.passed(1);
  t.notOk(caution.careful);
});

t.test('the rows that were tried last are tried one by one, those around them together', async (t) => {
  const suspect = { partition: 1, fromRow: 4, toRow: 9, crashes: 1 };
  const caution = cautionFor({ ...SHARD, stalls: 4, suspect }, 100);
  t.same(numbersOf(caution.split(1, rows(1, 3, 4, 7, 9, 12, 13))), [[1, 3], [4], [7], [9], [12, 13]]);
  t.same(numbersOf(caution.split(0, rows(4, 7))), [[4, 7]], 'another partition has other rows');
  t.notOk(caution.isGivenUp(1, 4), 'a chunk is never given up');
});

t.test('a row alone is given up when the process has ended over it twice', async (t) => {
  const once = { partition: 1, fromRow: 7, toRow: 7, crashes: 1 };
  t.notOk(cautionFor({ ...SHARD, stalls: 5, suspect: once }, 100).isGivenUp(1, 7));
  const twice = cautionFor({ ...SHARD, stalls: 6, suspect: { ...once, crashes: 2 } }, 100);
  t.ok(twice.isGivenUp(1, 7));
  t.notOk(twice.isGivenUp(1, 8));
  t.notOk(twice.isGivenUp(0, 7));
});
