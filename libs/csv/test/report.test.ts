import { SESSION_COLUMNS, USER_COLUMNS } from '@mentorline/domain';
import t from 'tap';
import { readHeader } from '../src/header.ts';
import { type ReportRow, reportHeader, writeCorrections, writeReport } from '../src/report.ts';
import { USER_SHEET } from '../src/sheet.ts';
import { check, HEADER, readAll, SAMPLE_FILE, SESSION_SHEET } from './files.ts';

const NAMES = HEADER.split(',');

async function report(names: readonly string[], ...batches: ReportRow[][]): Promise<Buffer> {
  async function* source() {
    yield* batches.flat();
  }
  const pieces: Buffer[] = [];
  for await (const piece of writeReport(SESSION_COLUMNS, readHeader(names, SESSION_SHEET), source()))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

const ROW: ReportRow = { row: 1, cells: [], status: 'Invalid', message: 'No', sessionId: null };

t.test('the uploaded columns come first, then what became of the row', async (t) => {
  t.same(reportHeader(SESSION_COLUMNS, readHeader([...NAMES, 'Notes', ''], SESSION_SHEET)), [
    ...NAMES,
    'Notes',
    '',
    'Row',
    'Status',
    'Status Message',
  ]);
});

t.test('the columns of an earlier report are replaced, a missing id column is added', async (t) => {
  const withoutId = NAMES.filter((name) => name !== 'id');
  t.same(
    reportHeader(
      SESSION_COLUMNS,
      readHeader(['status', ...withoutId, 'Row', 'Status Message', 'Notes'], SESSION_SHEET),
    ),
    [...withoutId, 'Notes', 'id', 'Row', 'Status', 'Status Message'],
  );
});

t.test('it is UTF-8 with a byte order mark, CRLF and the spreadsheet guard', async (t) => {
  const bytes = await report([...NAMES, '=Notes'], [{ ...ROW, cells: ['Create', '', '=1+1', 'हिन्दी', '-'] }]);
  t.same(bytes.subarray(0, 3), Buffer.from('EFBBBF', 'hex'));
  t.equal(
    bytes.toString(),
    `\uFEFF${HEADER},'=Notes,Row,Status,Status Message\r\nCreate,,'=1+1,हिन्दी,'-${','.repeat(13)},1,Invalid,No\r\n`,
  );
});

t.test('published rows show their id, in the uploaded column or an added one', async (t) => {
  const published = { ...ROW, status: 'Published', message: '', sessionId: '64b7' };
  const kept = await readAll(
    await report(NAMES, [
      { ...published, cells: ['Create', ''] },
      { ...ROW, cells: ['Edit', '77aa'] },
    ]),
  );
  t.same(
    kept.map(({ cells }) => cells[1]),
    ['64b7', '77aa'],
  );
  const withoutId = NAMES.filter((name) => name !== 'id');
  const added = await readAll(
    await report(withoutId, [
      { ...published, cells: ['Create'] },
      { ...ROW, cells: ['Create'] },
    ]),
  );
  t.same(
    added.map(({ cells }) => cells.slice(withoutId.length)),
    [
      ['64b7', '1', 'Published', ''],
      ['', '1', 'Invalid', 'No'],
    ],
  );
});

t.test('users have no id in a report', async (t) => {
  const header = readHeader(['Email', 'Name', 'Roles', 'id'], USER_SHEET);
  async function* created() {
    yield { ...ROW, cells: ['a@b.org', 'Asha', 'Mentor', '7'], status: 'Created', message: '' };
  }
  const pieces: Buffer[] = [];
  for await (const piece of writeReport(USER_COLUMNS, header, created())) pieces.push(piece);
  t.equal(
    Buffer.concat(pieces).toString(),
    '\uFEFFEmail,Name,Roles,id,Row,Status,Status Message\r\na@b.org,Asha,Mentor,7,1,Created,\r\n',
    'only what the upload calls so, as uploaded',
  );
  t.same(reportHeader(USER_COLUMNS, readHeader(['Status', 'Name', 'Email', 'Roles'], USER_SHEET)), [
    'Name',
    'Email',
    'Roles',
    'Row',
    'Status',
    'Status Message',
  ]);
});

t.test('cells past the header stay at the end of their record', async (t) => {
  const bytes = await report(
    NAMES,
    [{ ...ROW, cells: ['Create'] }],
    [],
    [{ ...ROW, cells: [...NAMES, 'too', 'many'] }],
  );
  const [short, long] = await readAll(bytes);
  t.same(short?.cells.slice(NAMES.length), ['1', 'Invalid', 'No']);
  t.same(long?.cells.slice(NAMES.length), ['1', 'Invalid', 'No', 'too', 'many']);
});

t.test('a report can be uploaded again as it is', async (t) => {
  const format = check(SAMPLE_FILE);
  const records = await readAll(SAMPLE_FILE, format);
  const rows = records.map((record) => ({ ...ROW, row: record.row, cells: record.cells }));
  const again = await report(format.header.names, rows);
  const second = check(again);
  t.same(second.header.warnings, []);
  t.match(second, { encoding: 'utf-8', bom: true, delimiter: ',' });
  const read = await readAll(again, second);
  t.same(
    read.map(({ cells }) => cells.slice(0, NAMES.length)),
    records.map(({ cells }) => cells),
  );
  t.same(
    await report(
      second.header.names,
      read.map((record) => ({ ...ROW, ...record })),
    ),
    again,
    'and gives the same report',
  );
});

t.test('rows are written as they come, not gathered', async (t) => {
  let taken = 0;
  async function* endless() {
    for (;;) {
      taken++;
      yield ROW;
    }
  }
  const pieces = writeReport(SESSION_COLUMNS, readHeader(NAMES, SESSION_SHEET), endless());
  for (let piece = 0; piece < 4; piece++) await pieces.next();
  t.equal(taken, 3 * 500, 'the first piece is the header, each other one 500 rows');
  await pieces.return();
});

t.test('corrections are the rows as uploaded and what is wrong with them', async (t) => {
  async function* invalid() {
    yield { cells: ['Create', '', '=1+1'], message: 'Mandatory field type not filled' };
  }
  const header = readHeader(['Row', ...NAMES, 'Status'], SESSION_SHEET);
  const pieces: Buffer[] = [];
  for await (const piece of writeCorrections(header, invalid())) pieces.push(piece);
  // The first cell belongs to the dropped column of an earlier report.
  t.equal(
    Buffer.concat(pieces).toString(),
    `\uFEFF${HEADER},Status Message\r\n,'=1+1${','.repeat(16)}Mandatory field type not filled\r\n`,
  );
});
