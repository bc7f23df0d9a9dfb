import { AppError } from '@mentorline/runtime';
import fc from 'fast-check';
import t from 'tap';
import { type CsvFormat, scanRecords } from '../src/index.ts';
import { chunksOf, encode, readAll, UTF8 } from './files.ts';

const MIB = 1024 * 1024;

interface Limits {
  maxRows?: number;
}

/** Rows and where each ends, or what is wrong with the file and in which row. */
async function scanned(bytes: Buffer, format: CsvFormat = UTF8, limits: Limits = {}, chunkBytes = 65_536) {
  const options = { ...limits, landmarkEveryRows: 1 };
  return told(async () => {
    const { rows, landmarks } = await scanRecords(chunksOf(bytes, chunkBytes), format, options);
    return [rows, landmarks.map(({ row, offset }) => [row, offset])];
  });
}

async function read(bytes: Buffer, format: CsvFormat = UTF8, limits: Limits = {}, chunkBytes = 65_536) {
  return told(async () => {
    const records = await readAll(bytes, format, limits, chunkBytes);
    return [records.length, records.map(({ row, endOffset }) => [row, endOffset])];
  });
}

async function told(look: () => Promise<unknown>): Promise<unknown> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, message: error.message, ...error.extra };
  }
}

t.test('rows are counted, the header and blank records are not', async (t) => {
  t.same(await scanned(Buffer.from('h,i\n1,2\n\n , \n"3\n4",5\r\n6')), [
    3,
    [
      [1, 8],
      [2, 22],
      [3, 23],
    ],
  ]);
});

t.test('a landmark is noted after every so many rows', async (t) => {
  const bytes = Buffer.from(`h\n${'x\n'.repeat(1234)}`);
  t.same(await scanRecords(chunksOf(bytes), UTF8, { landmarkEveryRows: 500 }), {
    rows: 1234,
    landmarks: [
      { row: 500, offset: 1002 },
      { row: 1000, offset: 2002 },
    ],
  });
});

t.test(
  'a record of 1 MiB is sound, a larger one is refused with its row, also while it goes on',
  async (t) => {
    for (const lineEnd of ['\n', '\r\n', '\r', '']) {
      const after = lineEnd ? `2${lineEnd}` : '';
      // Odd pieces, so that line ends are cut in two as well.
      for (const chunkBytes of [65_536, 65_537, MIB + 5, 8 * MIB]) {
        const sound = Buffer.from(`h\n1\n${'x'.repeat(MIB)}${lineEnd}${after}`);
        const rows = after ? 3 : 2;
        const told = `${JSON.stringify(lineEnd)} ${chunkBytes}`;
        t.match(await scanned(sound, UTF8, {}, chunkBytes), [rows], told);
        t.match(await read(sound, UTF8, {}, chunkBytes), [rows], told);
        const large = Buffer.from(`h\n1\n${'x'.repeat(MIB + 1)}${lineEnd}${after}`);
        t.match(await scanned(large, UTF8, {}, chunkBytes), { code: 'RECORD_TOO_LARGE', row: 2 }, told);
        t.match(await read(large, UTF8, {}, chunkBytes), { code: 'RECORD_TOO_LARGE', row: 2 }, told);
      }
    }
    const open = Buffer.from(`h\n1\n"${'x'.repeat(3 * MIB)}`);
    t.match(await scanned(open), { code: 'RECORD_TOO_LARGE', row: 2 });
  },
);

t.test('more rows than are allowed, or two million blank records, are too many', async (t) => {
  t.match(await scanned(Buffer.from('h\n1\n2\n3'), UTF8, { maxRows: 2 }), {
    code: 'TOO_MANY_ROWS',
    maxRows: 2,
  });
  t.match(await scanned(Buffer.from(`h\n1\n${'\n'.repeat(2_000_001)}`)), { code: 'TOO_MANY_ROWS' });
});

t.test(
  'a scan comes to the same rows, offsets and faults as a reading, whatever the file holds',
  async () => {
    const unit = fc.constantFrom(
      ...['a', 'b', ' ', '"', '""', ',', ';', '\t', '\n', '\r', '\r\n', "'", '\u0001', '\u000b'],
      ...['é', 'ह', '😀', '\u0085', '\u00a0', '\u1680', '\u2009', '\u200b', '\u2028', '\u3000', '\uFEFF'],
    );
    const format: fc.Arbitrary<CsvFormat> = fc
      .record({
        encoding: fc.constantFrom('utf-8', 'utf-16le', 'utf-16be'),
        bom: fc.boolean(),
        delimiter: fc.constantFrom(',', ';', '\t'),
      })
      .map((one) => ({ ...one, bom: one.bom || one.encoding !== 'utf-8' }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(unit, { maxLength: 40 }),
        format,
        fc.constantFrom(undefined, 2),
        fc.integer({ min: 1, max: 40 }),
        async (units, format, maxRows, chunkBytes) => {
          const bytes = encode(units.join(''), format);
          const limits = maxRows === undefined ? {} : { maxRows };
          const found = JSON.stringify(await scanned(bytes, format, limits, chunkBytes));
          const wanted = JSON.stringify(await read(bytes, format, limits, chunkBytes));
          if (found !== wanted) throw new Error(`${found} instead of ${wanted}`);
        },
      ),
      { numRuns: 4000 },
    );
  },
);
