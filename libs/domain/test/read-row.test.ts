import t from 'tap';
import type { SessionColumn } from '../src/columns.ts';
import { CSV_FIELD_NAMES, isWhole } from '../src/draft.ts';
import { readMentees, readMentor } from '../src/read-fields.ts';
import { readRow } from '../src/read-row.ts';
import type { CustomField } from '../src/settings.ts';
import { GOOD_ROW, row, rowOf, SIX_MENTEES } from './builders.ts';

const faults = (...cells: Parameters<typeof row>) =>
  readRow(row(...cells), []).errors.map(({ code, field, message }) => `${code} ${field}: ${message}`);

t.test('a good row becomes a whole draft', async (t) => {
  const { action, id, draft, errors } = readRow(
    row({
      action: ' create ',
      title: '\u00a0Leading a school\ufeff',
      description: 'Line one\r\n\tline two',
      type: 'PRIVATE',
      mentor: 'Asha.Rao@Example.org',
      mentees: 'Meera.Iyer@example.org; vikram.shah@example.org',
      recommendedFor: 'Teachers, teachers ; Heads',
      platform: 'Zoom',
      link: 'https://us02web.zoom.us/j/84839928742?pwd=abc',
    }),
    [],
  );
  t.same(errors, []);
  t.equal(action, 'Create');
  t.equal(id, '');
  t.ok(isWhole(draft));
  t.match(draft, {
    title: 'Leading a school',
    description: 'Line one\r\n\tline two',
    type: 'PRIVATE',
    mentor: 'asha.rao@example.org',
    mentees: ['meera.iyer@example.org', 'vikram.shah@example.org'],
    startMs: Date.UTC(2027, 5, 14, 9, 30),
    endMs: Date.UTC(2027, 5, 14, 10, 30),
    timeZone: 'Asia/Kolkata',
    recommendedFor: ['Teachers', 'Heads'],
    meeting: { platform: 'ZOOM', meetingId: '84839928742', passcode: 'abc' },
    custom: {},
  });
});

t.test('every mandatory field of a Create is asked for, in column order', async (t) => {
  const blank = Object.fromEntries(Object.keys(GOOD_ROW).map((column) => [column, ' \u00a0']));
  t.same(
    faults({ ...blank, action: 'Create' }),
    Object.entries({
      title: 'title',
      description: 'description',
      type: 'type',
      mentor: 'Mentor',
      date: 'Date',
      timeZone: 'Time Zone',
      time: 'Time',
      duration: 'Duration',
      recommendedFor: 'recommended_for',
      categories: 'categories',
      medium: 'medium',
    }).map(([field, name]) => `FIELD_REQUIRED ${field}: Mandatory field ${name} not filled`),
  );
  t.same(faults({ action: '' }), ['FIELD_REQUIRED action: Mandatory field Action not filled']);
});

const TABLE: readonly [string, Partial<Record<SessionColumn, string>>, string[]][] = [
  ['unknown action', { action: 'Copy' }, ['ACTION_INVALID action: Invalid row action (unknown action)']],
  ['Create with an id', { id: 'abc' }, ['ACTION_INVALID action: Invalid row action (Create with an id)']],
  [
    'control character in the title',
    { title: 'a\u0007b' },
    ['FIELD_INVALID title: Invalid title: a b (text without control characters)'],
  ],
  [
    'line break in the title',
    { title: 'a\nb' },
    ['FIELD_INVALID title: Invalid title: a b (text without control characters)'],
  ],
  ['title of 256', { title: 'a'.repeat(256) }, ['FIELD_TOO_LONG title: title is longer than 255 characters']],
  ['title of 255 characters of any script', { title: '😀'.repeat(255) }, []],
  [
    'description of 5001',
    { description: 'a'.repeat(5001) },
    ['FIELD_TOO_LONG description: description is longer than 5000 characters'],
  ],
  ['description of 5000', { description: 'a'.repeat(5000) }, []],
  [
    'control character in the description',
    { description: 'a\u0000b' },
    ['FIELD_INVALID description: Invalid description: a b (text without control characters)'],
  ],
  ['type', { type: 'Open' }, ['FIELD_INVALID type: Invalid type: Open (Public or Private)']],
  [
    'two mentors',
    { mentor: 'a@b.org, c@d.org' },
    ['MENTOR_MULTIPLE mentor: Only one mentor e-mail is allowed'],
  ],
  [
    'two mentors, blank between',
    { mentor: 'a@b.org c@d.org' },
    ['MENTOR_MULTIPLE mentor: Only one mentor e-mail is allowed'],
  ],
  ['mentor, comma behind', { mentor: 'a@b.org,' }, []],
  [
    'mentor by name',
    { mentor: 'Asha Rao' },
    ['FIELD_INVALID mentor: Invalid Mentor: Asha Rao (an e-mail address)'],
  ],
  [
    'mentor by id',
    { mentor: 'a'.repeat(24) },
    [`FIELD_INVALID mentor: Invalid Mentor: ${'a'.repeat(24)} (an e-mail address)`],
  ],
  [
    'mentee who is no address',
    { mentees: 'a@b.org, nobody' },
    ['FIELD_INVALID mentees: Invalid Mentees: nobody (an e-mail address)'],
  ],
  [
    'mentee twice',
    { mentees: 'a@b.org;A@B.org' },
    ['FIELD_INVALID mentees: Invalid Mentees: A@B.org (the same mentee twice)'],
  ],
  [
    'date',
    { date: '30-02-2027' },
    ['FIELD_INVALID date: Invalid Date: 30-02-2027 (a real calendar date as DD-MM-YYYY)'],
  ],
  [
    'zone',
    { timeZone: 'CEST' },
    ['FIELD_INVALID timeZone: Invalid Time Zone: CEST (IST, UTC or an IANA name such as Asia/Kolkata)'],
  ],
  ['time', { time: '5 pm' }, ['FIELD_INVALID time: Invalid Time: 5 pm (00:00 to 23:59, such as 17:00 Hrs)']],
  [
    'time that does not exist',
    { date: '28-03-2027', timeZone: 'Europe/Paris', time: '02:30' },
    [
      'FIELD_INVALID time: Invalid Time: 02:30 (this local time does not exist in Europe/Paris on 28-03-2027)',
    ],
  ],
  [
    'time that exists twice',
    { date: '31-10-2027', timeZone: 'Europe/Paris', time: '02:30' },
    ['FIELD_INVALID time: Invalid Time: 02:30 (this local time exists twice in Europe/Paris on 31-10-2027)'],
  ],
  ['duration', { duration: '1h' }, ['FIELD_INVALID duration: Invalid Duration: 1h (whole minutes)']],
  [
    'part of a minute',
    { duration: '60.5' },
    ['FIELD_INVALID duration: Invalid Duration: 60.5 (whole minutes)'],
  ],
  [
    'only separators',
    { categories: ' ; ,' },
    ['FIELD_REQUIRED categories: Mandatory field categories not filled'],
  ],
  [
    'option too long',
    { medium: 'a'.repeat(256) },
    ['FIELD_TOO_LONG medium: medium is longer than 255 characters'],
  ],
  [
    'link without a platform',
    { link: 'https://zoom.us/j/1' },
    ['MEETING_PLATFORM_MISSING platform: Meeting platform is not filled'],
  ],
];

t.test('what is wrong with a row by itself is told', async (t) => {
  for (const [title, cells, expected] of TABLE) t.same(faults(cells), expected, title);
});

t.test('all errors of a row are told', async (t) => {
  t.same(
    readRow(row({ title: '', mentor: 'x', date: '1', platform: 'Skype' }), []).errors.map(
      ({ field }) => field,
    ),
    ['title', 'mentor', 'date', 'platform'],
  );
});

t.test('a row with too many cells is invalid, unless they are blank', async (t) => {
  t.same(faults({}, { surplus: ['', 'x', 'y'] }), ['FIELD_INVALID row: Invalid row: x, y (too many cells)']);
  t.same(faults({}, { surplus: ['', ' '] }), []);
});

t.test('of a Delete only action and id count', async (t) => {
  const blank = {
    ...Object.fromEntries(Object.keys(GOOD_ROW).map((column) => [column, ''])),
    action: 'DELETE',
  };
  t.same(readRow(row({ ...blank, id: 'abc', title: 'x'.repeat(999) }), []).errors, []);
  t.same(faults({ ...blank }), ['ACTION_INVALID action: Invalid row action (Delete without an id)']);
});

t.test('blank cells of an Edit are no faults', async (t) => {
  const blank = {
    ...Object.fromEntries(Object.keys(GOOD_ROW).map((column) => [column, ''])),
    action: 'edit',
  };
  t.same(faults({ ...blank, id: 'abc' }), []);
  t.same(faults({ ...blank }), ['ACTION_INVALID action: Invalid row action (Edit without an id)']);
  t.same(faults({ ...blank, action: 'Change', id: 'abc' }), [
    'ACTION_INVALID action: Invalid row action (unknown action)',
  ]);
});

t.test('custom fields come after the columns', async (t) => {
  const fields: CustomField[] = [
    { name: 'grade', label: 'Grade', type: 'number', required: true, allowedValues: [] },
  ];
  t.same(readRow(row({}, { custom: { grade: '6' } }), fields).draft.custom, { grade: 6 });
  t.same(
    readRow(row({ platform: 'Skype' }, { custom: { grade: 'six' } }), fields).errors.map(
      ({ field }) => field,
    ),
    ['platform', 'custom.grade'],
  );
});

t.test('a list of thousands of faults is told in part', async (t) => {
  const many = Array.from({ length: 5000 }, (_, index) => `nobody${index}`).join(',');
  t.equal(faults({ mentees: many }).length, 20);
  const options = Array.from({ length: 51 }, (_, index) => `Option ${index}`).join(',');
  t.match(faults({ categories: options }), [/^FIELD_INVALID categories: .*\(at most 50 values\)$/]);
});

t.test('where ids are allowed, people are named by either', async (t) => {
  const reading = { names: CSV_FIELD_NAMES, errors: [], idsAllowed: true };
  const id = '0123456789abcdef01234567';
  t.equal(readMentor(id.toUpperCase(), reading), id);
  t.same(readMentees([id, ...SIX_MENTEES], reading), { mentees: [id, ...SIX_MENTEES], count: 7 });
  t.equal(readMentor('Asha', reading), undefined);
  t.match(reading.errors, [{ message: 'Invalid Mentor: Asha (an e-mail address or a user id)' }]);
});

t.test('a row that a report calls done is known for it', async (t) => {
  const read = (action: string, id: string, earlierStatus: string) =>
    readRow({ ...rowOf(action, id), earlierStatus }, []);
  const done: readonly [string, string][] = [
    ['Create', 'Published'],
    [' create', ' published '],
    ['Create', 'Unchanged'],
    ['Edit', 'Updated'],
    ['EDIT', 'unchanged'],
    ['Delete', 'Deleted'],
    ['Delete', 'Unchanged'],
  ];
  for (const [action, status] of done) {
    t.match(
      read(action, '64b7', status),
      { id: '64b7', doneEarlier: true, errors: [] },
      `${action} ${status}`,
    );
    t.equal(read(action, '', status).doneEarlier, false, 'without an id');
  }
  const open: readonly [string, string][] = [
    ['Create', 'Invalid'],
    ['Create', 'Updated'],
    ['Edit', 'Published'],
    ['Edit', 'Deleted'],
    ['Delete', 'Updated'],
    ['Delete', 'Unprocessed'],
    ['Edit', ''],
    ['Copy', 'Unchanged'],
  ];
  for (const [action, status] of open) {
    t.equal(read(action, '64b7', status).doneEarlier, false, `${action} ${status}`);
  }
});

t.test('only an Edit that names its session has a change, and only a Create a draft', async (t) => {
  t.equal(readRow(row(), []).change, undefined);
  t.equal(readRow(row({ action: 'Delete', id: '64b7' }), []).change, undefined);
  t.equal(readRow(row({ action: 'Edit' }), []).change, undefined);
  const { change, draft } = readRow(row({ action: 'Edit', id: '64b7' }), []);
  t.match(change, { title: 'Leading a school' });
  t.equal(isWhole(draft), false);
});
