import { readHeader, sessionSheet } from '@mentorline/csv';
import type { CustomField } from '@mentorline/domain';
import t from 'tap';
import { rowCellsOf } from '../../src/rows/row-cells.ts';

const REGION: CustomField = {
  name: 'region',
  label: 'Home region',
  type: 'text',
  required: false,
  allowedValues: [],
};
const MANDATORY = [
  'Action',
  'title',
  'description',
  'type',
  'Mentor',
  'Date',
  'Time Zone',
  'Time',
  'Duration',
  'recommended_for',
  'categories',
  'medium',
];

t.test('cells are found by column, in whatever order the file has them', async (t) => {
  const columns = MANDATORY.toReversed();
  const cells = rowCellsOf(readHeader(columns, sessionSheet([])).columns)(
    columns.map((name) => `the ${name}`),
  );
  t.equal(cells.get('title'), 'the title');
  t.equal(cells.get('action'), 'the Action');
  t.equal(cells.get('recommendedFor'), 'the recommended_for');
  t.equal(cells.get('mentees'), '', 'a column that the file does not have is blank');
  t.same(cells.surplus, []);
});

t.test('a short record has blank cells for the rest', async (t) => {
  const cells = rowCellsOf(readHeader([...MANDATORY, 'Home region'], sessionSheet([REGION])).columns)([
    'Create',
    'A title',
  ]);
  t.equal(cells.get('title'), 'A title');
  t.equal(cells.get('medium'), '');
  t.equal(cells.custom.get('region'), '');
  t.same(cells.surplus, []);
});

t.test('what stands past the header is surplus', async (t) => {
  const record = [...MANDATORY, 'more', '', 'and more'];
  t.same(rowCellsOf(readHeader(MANDATORY, sessionSheet([])).columns)(record).surplus, [
    'more',
    '',
    'and more',
  ]);
});

t.test('custom columns are found by the field’s name, unknown and report columns not at all', async (t) => {
  const names = ['Status', 'Home region', 'Remarks', ...MANDATORY, 'Status Message'];
  const { columns } = readHeader(names, sessionSheet([REGION]));
  const cells = rowCellsOf(columns)(names.map((name) => `the ${name}`));
  t.same([...cells.custom], [['region', 'the Home region']]);
  t.equal(cells.get('medium'), 'the medium');
  t.same(cells.surplus, []);
});
