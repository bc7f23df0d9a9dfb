import { SESSION_COLUMNS } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import t from 'tap';
import { readHeader } from '../src/header.ts';
import { sessionSheet, USER_SHEET } from '../src/sheet.ts';
import { customField, HEADER, refusal, SESSION_SHEET } from './files.ts';

const CELLS = HEADER.split(',');
const WITH_FIELDS = sessionSheet([
  customField({ name: 'district', label: 'Home district' }),
  customField({ name: 'id', label: 'Roll no' }),
]);

t.test('the header of the sample file is all known, in any order', async (t) => {
  const header = readHeader(CELLS, SESSION_SHEET);
  t.same(
    header.columns,
    SESSION_COLUMNS.map(({ key }) => ({ kind: 'field', key })),
  );
  t.same(header.names, CELLS);
  t.same(header.warnings, []);
  t.same(readHeader(CELLS.toReversed(), SESSION_SHEET).columns, header.columns.toReversed());
});

t.test('case, white space, _ and what stands in brackets do not count', async (t) => {
  const spellings = CELLS.map((cell) =>
    cell
      .replace(/\(.*\)/, '')
      .toUpperCase()
      .replace('_', ' '),
  );
  t.same(readHeader(spellings, SESSION_SHEET).columns, readHeader(CELLS, SESSION_SHEET).columns);
});

t.test('custom fields are found by name or label, and never in place of a session column', async (t) => {
  const byName = readHeader([...CELLS, 'DISTRICT'], WITH_FIELDS);
  t.same(byName.columns.at(-1), { kind: 'custom', name: 'district' });
  t.same(readHeader([...CELLS, 'home_district'], WITH_FIELDS).columns.at(-1), {
    kind: 'custom',
    name: 'district',
  });
  t.same(byName.columns[1], { kind: 'field', key: 'id' });
  t.same(readHeader([...CELLS, 'Roll No'], WITH_FIELDS).columns.at(-1), { kind: 'custom', name: 'id' });
});

t.test('the columns of an earlier report are recognised, without a warning', async (t) => {
  const header = readHeader([...CELLS, 'Row', 'Status', 'Status Message'], SESSION_SHEET);
  t.same(header.columns.slice(-3), [
    { kind: 'report', key: 'row' },
    { kind: 'report', key: 'status' },
    { kind: 'report', key: 'statusMessage' },
  ]);
  t.same(header.warnings, []);
});

t.test('an unknown column is kept with a warning, one without a name with none', async (t) => {
  const header = readHeader(['Notes ', ...CELLS, '', ' '], SESSION_SHEET);
  t.same(header.warnings, ['Unknown column: Notes']);
  t.same(
    [header.columns[0], ...header.columns.slice(-2)],
    [{ kind: 'unknown' }, { kind: 'unknown' }, { kind: 'unknown' }],
  );
  t.same(header.names, ['Notes ', ...CELLS, '', ' ']);
});

t.test('the guard of our own report is taken off a column name', async (t) => {
  const header = readHeader([...CELLS, "'=sum"], sessionSheet([customField({ name: '=sum' })]));
  t.same(header.columns.at(-1), { kind: 'custom', name: '=sum' });
  t.equal(header.names.at(-1), '=sum');
});

t.test('all missing mandatory columns are named as in the sample file', async (t) => {
  const cells = CELLS.filter((cell) => !/Mentor|Date|id|Passcode/.test(cell));
  const thrown = t.throws(() =>
    readHeader(cells, sessionSheet([customField({ name: 'd', label: 'District', required: true })])),
  );
  if (!(thrown instanceof AppError)) throw thrown;
  t.equal(thrown.code, 'COLUMN_MISSING');
  t.equal(thrown.message, 'Mandatory columns missing: Mentor(Email), Date(DD-MM-YYYY), District');
  t.same(
    thrown.faults.map(({ column }) => column),
    ['Mentor(Email)', 'Date(DD-MM-YYYY)', 'District'],
  );
});

t.test('a file of users needs name, e-mail address and roles', async (t) => {
  t.same(readHeader(['Name', 'Email', 'Roles'], USER_SHEET).warnings, []);
  t.same(
    refusal(() => readHeader(['Designation', 'Email'], USER_SHEET)),
    { code: 'COLUMN_MISSING', message: 'Mandatory columns missing: Name, Roles' },
  );
});

t.test('two columns that mean the same are refused, naming them', async (t) => {
  const headers: [string[], string][] = [
    [
      [...CELLS, 'mentor'],
      'The column mentor stands in the header twice (as "Mentor(Email)" and as "mentor")',
    ],
    [[...CELLS, 'title'], 'The column title stands in the header twice'],
    [
      [...CELLS, 'district', 'Home district'],
      'The column Home district stands in the header twice (as "district" and as "Home district")',
    ],
    [[...CELLS, 'Notes', 'Notes'], 'The column Notes stands in the header twice'],
    [
      [...CELLS, 'Status', 'status'],
      'The column status stands in the header twice (as "Status" and as "status")',
    ],
  ];
  for (const [cells, message] of headers) {
    t.same(
      refusal(() => readHeader(cells, WITH_FIELDS)),
      { code: 'COLUMN_DUPLICATE', message },
    );
  }
  t.doesNotThrow(
    () => readHeader([...CELLS, 'Notes (old)', 'Notes (new)', '', ''], SESSION_SHEET),
    'different unknown columns',
  );
});

t.test('a header of more than 1,000 columns is refused', async (t) => {
  t.doesNotThrow(() => readHeader([...CELLS, ...Array(1000 - CELLS.length).fill('')], SESSION_SHEET));
  t.match(
    refusal(() => readHeader([...CELLS, ...Array(1001 - CELLS.length).fill('')], SESSION_SHEET)),
    { code: 'HEADER_INVALID' },
  );
});
