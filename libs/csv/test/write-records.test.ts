import fc from 'fast-check';
import t from 'tap';
import { unguardCell } from '../src/guard.ts';
import { writeRecords } from '../src/write-records.ts';
import { readAll } from './files.ts';

t.test(
  'cells are quoted where they must be, guarded where they could run, and lines end with CRLF',
  async (t) => {
    t.equal(
      writeRecords([
        ['a', 'b,c', 'say "hi"', '1\n2', '\rx', ''],
        ['=1+1', '+1', '-1', '@x', '\tx', 'a-b'],
      ]),
      'a,"b,c","say ""hi""","1\n2","\'\rx",\r\n\'=1+1,\'+1,\'-1,\'@x,\'\tx,a-b\r\n',
    );
  },
);

t.test('what is written is read again as it was', async () => {
  const unit = fc.constantFrom('a', ' ', '"', ',', '\n', '\r', "'", '=', 'ह', '😀');
  const record = fc.array(fc.string({ unit, maxLength: 5 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(record), async (cells) => {
      const table = [['h'], ...cells.map((row) => ['x', ...row.map(unguardCell)])];
      const read = await readAll(Buffer.from(writeRecords(table)));
      return JSON.stringify(read.map((one) => one.cells)) === JSON.stringify(table.slice(1));
    }),
  );
});
