import { AppError } from '@mentorline/runtime';
import { Parser } from 'csv-parse';
import fc from 'fast-check';
import t from 'tap';
import { type CsvFormat, PARSE_OPTIONS } from '../src/csv-format.ts';
import { unguardCell } from '../src/guard.ts';
import { type RecordBatch, readRecords } from '../src/read-records.ts';
import { check, chunksOf, encode, readAll, SAMPLE_FILE, UTF8 } from './files.ts';

const MIB = 1024 * 1024;

const rows = async (text: string, chunkBytes?: number) =>
  (await readAll(Buffer.from(text), UTF8, {}, chunkBytes)).map(({ row, cells }) => [row, ...cells]);

async function fault(text: string, options = {}): Promise<{ code: string; row: unknown } | undefined> {
  try {
    await readAll(Buffer.from(text), UTF8, options);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, row: error.extra.row };
    throw error;
  }
  return undefined;
}

t.test('the rows of the sample file', async (t) => {
  const records = await readAll(SAMPLE_FILE, check(SAMPLE_FILE));
  t.same(
    records.map(({ row }) => row),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  t.same(records[0]?.cells.slice(11, 14), [
    'Teachers,Block education officer',
    'Communication,Life skills',
    'English,Hindi',
  ]);
  t.equal(records[4]?.cells[13], 'हिन्दी');
  t.equal(records[9]?.cells[0], 'Delete');
  t.equal(records[9]?.endOffset, SAMPLE_FILE.length);
});

t.test('line ends may be LF, CRLF or CR, mixed too, and stand inside quotes', async (t) => {
  for (const size of [1, 2, 3, 65_536]) {
    t.same(await rows('h,i\r\n1,"a\r\nb"\n2,"a\nb"\r3,"a\rb"\r\n4,x', size), [
      [1, '1', 'a\r\nb'],
      [2, '2', 'a\nb'],
      [3, '3', 'a\rb'],
      [4, '4', 'x'],
    ]);
  }
});

t.test('blank records are skipped and not counted', async (t) => {
  t.same(await rows('\n ,,\n;;\nh,i\n\n1,2\n \t\n,,,,\n"",""\r\n\r\n\u00a0\n3,4\n\n'), [
    [1, '1', '2'],
    [2, '3', '4'],
  ]);
});

t.test('a record may have fewer or more cells than the header', async (t) => {
  t.same(await rows('h,i\n1\n1,2,3\n1,2,,\n'), [
    [1, '1'],
    [2, '1', '2', '3'],
    [3, '1', '2', '', ''],
  ]);
});

t.test('a record of another width costs the parser no error', async (t) => {
  const text = Buffer.from('h,i\n1\n\n1,2,3\n1\n1,2\n1,2,3\n');
  // Building an error takes a stack trace; that of the parser's own way shows that it can be seen here.
  const traces = t.capture(Error, 'captureStackTrace', Error.captureStackTrace);
  const plain = new Parser(PARSE_OPTIONS);
  const ended = new Promise((resolve) => plain.on('end', resolve));
  plain.resume().end(text);
  await ended;
  t.equal(traces().filter(({ args: [error] }) => /Invalid Record Length/.test(String(error))).length, 5);
  t.equal((await readAll(text)).length, 5);
  t.same(traces(), []);
});

t.test('doubled quotes are quotes, other delimiters text, and the guard is taken off', async (t) => {
  t.same(await rows(`h\n"say ""hi"""\n"a;b\tc"\n'=1+1\n'plain`), [
    [1, 'say "hi"'],
    [2, 'a;b\tc'],
    [3, '=1+1'],
    [4, "'plain"],
  ]);
});

t.test('a broken quote is reported with its row', async (t) => {
  t.same(await fault('h\n1\n\n"never closed\n3\n'), { code: 'QUOTE_BROKEN', row: 2 });
  t.same(await fault('h\n1\n"a"b\n'), { code: 'QUOTE_BROKEN', row: 2 });
  t.same(await fault('h\n1\n2\n5" pipe\n'), { code: 'QUOTE_BROKEN', row: 3 });
  t.same(await fault('"never closed', { startOffset: 900, startRow: 8 }), { code: 'QUOTE_BROKEN', row: 8 });
});

t.test('a record of 1 MiB is read, a larger one reported with its row', async (t) => {
  const cell = 'x'.repeat(MIB);
  t.equal((await readAll(Buffer.from(`h\n${cell}\n2\n`))).length, 2);
  t.same(await fault(`h\n1\n${cell}x\n3\n`), { code: 'RECORD_TOO_LARGE', row: 2 });
  t.same(
    await fault(`h\n1\n"${'\n'.repeat(2 * MIB)}`),
    { code: 'RECORD_TOO_LARGE', row: 2 },
    'inside quotes',
  );
  t.same(
    await fault(`h\n1\n${','.repeat(2 * MIB)}\n`),
    { code: 'RECORD_TOO_LARGE', row: 2 },
    'delimiters only',
  );
});

t.test('a record without an end is refused as soon as it is too large', async (t) => {
  let given = 0;
  async function* endless() {
    yield Buffer.from('h\n');
    for (;;) {
      given += 65_536;
      yield Buffer.alloc(65_536, 'x');
    }
  }
  await t.rejects(readRecords(endless(), UTF8).next(), { code: 'RECORD_TOO_LARGE' });
  t.ok(given <= MIB + 2 * 65_536);
});

t.test('more rows than allowed are refused, blank ones not counted', async (t) => {
  t.equal(await fault('h\n1\n\n2\n\n', { maxRows: 2 }), undefined);
  t.match(await fault('h\n1\n2\n3\n', { maxRows: 2 }), { code: 'TOO_MANY_ROWS' });
  t.match(await fault('3\n', { maxRows: 2, startRow: 3, startOffset: 6 }), { code: 'TOO_MANY_ROWS' });
});

t.test('as many blank records as a full sheet has are skipped, more are refused', async (t) => {
  const most = '\n'.repeat(2_000_000);
  t.same(await rows(`h\n1\n${most}2\n`), [
    [1, '1'],
    [2, '2'],
  ]);
  await t.rejects(readAll(Buffer.from(`h\n1\n${most}\n`), UTF8, { maxRows: 2_000_000 }), {
    code: 'TOO_MANY_ROWS',
    message: 'The file has more than 2,000,000 empty lines; delete the empty lines below the data',
    extra: { maxBlankRecords: 2_000_000 },
  });
  await t.rejects(readAll(Buffer.from(`${most}\nh\n`)), { code: 'TOO_MANY_ROWS' }, 'above the header');
});

t.test('others get their turn while blank records are skipped', async (t) => {
  let turns = 0;
  let turn = setImmediate(function next() {
    turns++;
    turn = setImmediate(next);
  });
  t.teardown(() => clearImmediate(turn));
  // One chunk: its blocks must make the pauses themselves.
  await readAll(Buffer.from(`h${'\n'.repeat(4 * 65_536 - 1)}`), UTF8, {}, MIB);
  t.ok(turns >= 3);
});

t.test('bytes that are not valid text are refused', async (t) => {
  const latin1 = Buffer.from('h\ncaf\xe9\n', 'latin1');
  await t.rejects(readAll(latin1), { code: 'FILE_ENCODING_INVALID' });
  await t.rejects(readAll(Buffer.from('h\n1\nह').subarray(0, -1)), { code: 'FILE_ENCODING_INVALID' });
});

t.test('batches hold at most 500 records, and not many more bytes than 1 MiB', async (t) => {
  const batchesOf = async (text: string) => {
    const batches: RecordBatch[] = [];
    for await (const batch of readRecords(chunksOf(Buffer.from(text)), UTF8)) batches.push(batch);
    return batches.map(({ records }) => records.length);
  };
  t.same(await batchesOf(`h\n${'x\n'.repeat(1234)}`), [500, 500, 234]);
  const wide = await batchesOf(`h\n${`${'x'.repeat(100_000)}\n`.repeat(30)}`);
  t.ok(wide.every((length) => length <= 11));
  t.equal(
    wide.reduce((sum, length) => sum + length),
    30,
  );
});

t.test('an aborted reading throws the reason and lets go of the source', async (t) => {
  const abort = new AbortController();
  let closed = false;
  async function* source() {
    try {
      for (;;) yield Buffer.from('1\n'.repeat(500));
    } finally {
      closed = true;
    }
  }
  const batches = readRecords(source(), UTF8, { signal: abort.signal });
  t.equal((await batches.next()).done, false);
  const reason = new Error('cancelled');
  abort.abort(reason);
  await t.rejects(async () => {
    for await (const _ of batches);
  }, reason);
  t.ok(closed);
});

t.test('any table comes out as it went in, and reading can be taken up after any row', async () => {
  const unit = fc.constantFrom(
    'a',
    ' ',
    '"',
    ',',
    ';',
    '\t',
    '\n',
    '\r',
    "'",
    '=',
    'é',
    'ह',
    '😀',
    '\u00a0',
    '\uFEFF',
  );
  const cell = fc.record({ text: fc.string({ unit, maxLength: 6 }), quoted: fc.boolean() });
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n \r\n');
  const record = fc.record({ cells: fc.array(cell, { minLength: 1, maxLength: 4 }), lineEnd });
  const format: fc.Arbitrary<CsvFormat> = fc
    .record({
      encoding: fc.constantFrom('utf-8', 'utf-16le', 'utf-16be'),
      bom: fc.boolean(),
      delimiter: fc.constantFrom(',', ';', '\t'),
    })
    .map((one) => ({ ...one, bom: one.bom || one.encoding !== 'utf-8' }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 12 }),
      format,
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      async (table, format, endsWithLine, chunkBytes, pick) => {
        const lines = table.map(({ cells, lineEnd }, index) => {
          const last = index === table.length - 1 && !endsWithLine;
          return written(cells, format.delimiter) + (last ? '' : lineEnd);
        });
        const bytes = encode(`h${format.delimiter}i\r\n${lines.join('')}`, format);
        const expected = table
          .filter(({ cells }) => cells.some(({ text }) => text.trim() !== ''))
          .map(({ cells }) => cells.map(({ text }) => unguardCell(text)));

        const records = await readAll(bytes, format, {}, chunkBytes);
        assertSame(
          records.map(({ row, cells }) => [row, cells]),
          expected.map((cells, index) => [index + 1, cells]),
        );

        const from = records[pick % Math.max(records.length, 1)];
        if (!from) return;
        const options = { startOffset: from.endOffset, startRow: from.row + 1 };
        assertSame(
          await readAll(bytes.subarray(from.endOffset), format, options, chunkBytes),
          records.slice(from.row),
        );
      },
    ),
    { numRuns: 1500 },
  );

  function written(cells: readonly { text: string; quoted: boolean }[], delimiter: string): string {
    return cells
      .map(({ text, quoted }) =>
        quoted || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text,
      )
      .join(delimiter);
  }

  function assertSame(found: unknown, wanted: unknown): void {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
    }
  }
});
