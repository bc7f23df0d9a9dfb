import fc from 'fast-check';
import t from 'tap';
import { guardCell, unguardCell } from '../src/guard.ts';

t.test('an apostrophe stands before a cell that a spreadsheet would run', async (t) => {
  for (const cell of ['=1+1', '+91 98', '-', '@all', '\tx', '\rx']) {
    t.equal(guardCell(cell), `'${cell}`);
    t.equal(unguardCell(`'${cell}`), cell);
  }
});

t.test('other cells stay as they are', async (t) => {
  for (const cell of ['', 'a=b', "'quoted'", "'", "''=x", ' =x', '\n=x', '\u2212x']) {
    t.equal(guardCell(cell), cell);
    t.equal(unguardCell(cell), cell);
  }
});

t.test('a guarded cell comes back as it was, and guards never pile up', async () => {
  const cell = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', 'a', ' ') });
  fc.assert(
    fc.property(cell, (value) => {
      const read = unguardCell(value);
      return unguardCell(guardCell(read)) === read && guardCell(guardCell(value)) === guardCell(value);
    }),
  );
});
