import fc from 'fast-check';
import t from 'tap';
import { partitionOf } from '../src/partition-of.ts';

/** FNV-1a with 32 bits as its authors write it down, on UTF-16 code units. */
function fnv1a(text: string): bigint {
  let hash = 0x811c9dc5n;
  for (let i = 0; i < text.length; i += 1) {
    hash = ((hash ^ BigInt(text.charCodeAt(i))) * 0x01000193n) % 2n ** 32n;
  }
  return hash;
}

t.test('the hash is FNV-1a: its published values come out', async (t) => {
  const published = { a: 0xe40c292c, b: 0xe70c2de5, foobar: 0xbf9cf968 };
  for (const [text, hash] of Object.entries(published)) {
    t.equal(partitionOf(text, 1, 2 ** 32), hash, JSON.stringify(text));
    t.equal(fnv1a(text), BigInt(hash));
  }
});

t.test('a mentor has one partition, whatever the row', async (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.nat(),
      fc.integer({ min: 1, max: 256 }),
      (mentor, row, partitions) => {
        t.equal(partitionOf(mentor, row, partitions), Number(fnv1a(mentor) % BigInt(partitions)));
      },
    ),
  );
});

t.test('rows without a mentor are spread evenly', async (t) => {
  const seen = new Map<number, number>();
  for (let row = 1; row <= 160; row += 1) {
    const partition = partitionOf('', row, 16);
    seen.set(partition, (seen.get(partition) ?? 0) + 1);
  }
  t.same(
    [...seen.keys()].sort((a, b) => a - b),
    [...Array(16).keys()],
  );
  t.same(new Set(seen.values()), new Set([10]));
});

t.test('addresses of one organisation are spread over all partitions', async (t) => {
  const seen = new Map<number, number>();
  for (let n = 0; n < 1_600; n += 1) {
    const partition = partitionOf(`mentor${n}@example.org`, 1, 16);
    seen.set(partition, (seen.get(partition) ?? 0) + 1);
  }
  t.equal(seen.size, 16);
  t.ok(Math.max(...seen.values()) < 200, 'none has twice its share');
});
