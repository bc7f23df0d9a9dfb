import { readUserRow, SESSION_COLUMNS, USER_COLUMNS } from '@mentorline/domain';
import t from 'tap';
import { sessionSample, userSample } from '../src/sample.ts';
import { sessionSheet, USER_SHEET } from '../src/sheet.ts';
import { check, customField, HEADER, readAll } from './files.ts';

const FIELDS = [
  customField({ name: 'district', label: 'District', allowedValues: ['Pune', 'Nashik'] }),
  customField({ name: 'date2', label: 'Follow-up', type: 'date', required: true }),
];

// 00:30 on 14 June in India.
const FIRST_DAY_MS = Date.UTC(2027, 5, 13, 19);

t.test('the sample has the columns in order, then the custom ones', async (t) => {
  const [header] = sessionSample(FIELDS, FIRST_DAY_MS).toString().split('\r\n');
  t.equal(header, `\uFEFF${HEADER},District,Follow-up`);
});

t.test('the sample passes the checks of an upload', async (t) => {
  const bytes = sessionSample(FIELDS, FIRST_DAY_MS);
  const file = check(bytes, sessionSheet(FIELDS));
  t.same(file.header.warnings, []);
  const records = await readAll(bytes, file);
  t.equal(records.length, 3);
  t.same(
    records.map(({ cells }) => cells[7]),
    ['14-06-2027', '15-06-2027', '16-06-2027'],
    'on days in India',
  );
  for (const { cells } of records) {
    t.equal(cells.length, SESSION_COLUMNS.length + FIELDS.length);
    for (const [index, { mandatory, header }] of SESSION_COLUMNS.entries()) {
      if (mandatory) t.not(cells[index], '', header);
    }
    t.equal(cells.at(-2), 'Pune');
  }
});

t.test('the sample of users passes the checks of an upload, and each of its rows is fine', async (t) => {
  const bytes = userSample();
  const file = check(bytes, USER_SHEET);
  t.same(file.header.names, ['Name', 'Email', 'Roles', 'Designation']);
  const records = await readAll(bytes, file);
  t.equal(records.length, 3);
  for (const { cells } of records) {
    const get = (column: string) => cells[USER_COLUMNS.findIndex(({ key }) => key === column)] ?? '';
    const { errors } = readUserRow({ get, custom: new Map(), surplus: [], earlierStatus: '' });
    t.same(errors, []);
  }
});
