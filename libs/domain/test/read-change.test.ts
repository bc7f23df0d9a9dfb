import t from 'tap';
import type { CustomField } from '../src/settings.ts';
import { type Cells, edit } from './current-session.ts';

const FIELDS: readonly CustomField[] = [
  { name: 'grade', label: 'Grade', type: 'number', required: true, allowedValues: [] },
  { name: 'day', label: 'Day', type: 'date', required: false, allowedValues: [] },
];

t.test('filled cells are read as those of a Create', async (t) => {
  const { change, errors } = edit(
    {
      title: ' Another ',
      type: 'private',
      mentor: 'Asha.Rao@Example.org',
      mentees: 'A@b.org; c@d.org',
      date: '14-06-2027',
      timeZone: 'IST',
      time: '1700 Hrs',
      duration: '45',
      categories: 'One, one, Two',
      platform: 'Google Meet',
      link: 'https://meet.google.com/abc',
    },
    { custom: { grade: '7', day: '14-06-2027' } },
    FIELDS,
  );
  t.same(errors, []);
  t.match(change, {
    title: 'Another',
    type: 'PRIVATE',
    mentor: 'asha.rao@example.org',
    mentees: ['a@b.org', 'c@d.org'],
    dayMs: Date.UTC(2027, 5, 14),
    clockMinutes: 17 * 60,
    timeZone: 'Asia/Kolkata',
    durationMinutes: 45,
    categories: ['One', 'Two'],
    meeting: { platform: 'GOOGLE_MEET', link: 'https://meet.google.com/abc' },
    custom: { grade: 7, day: '2027-06-14' },
  });
  t.equal(change?.description, undefined);
  t.equal(change?.meeting?.passcode, undefined);
});

t.test('blank cells ask for nothing', async (t) => {
  const { change, errors } = edit({ title: ' \u00a0' }, { custom: { grade: ' ' } }, FIELDS);
  t.same(errors, []);
  t.same(
    Object.entries(change ?? {}).filter(
      ([, value]) => typeof value === 'string' || typeof value === 'number',
    ),
    [],
  );
  t.same([change?.mentees, change?.custom, change?.meeting?.platform], [undefined, {}, undefined]);
  t.equal(change?.written?.size, 0);
});

t.test('a dash clears what is optional', async (t) => {
  const { change, errors } = edit(
    { mentees: ' - ', link: '-', passcode: '-' },
    { custom: { day: '-' } },
    FIELDS,
  );
  t.same(errors, []);
  t.match(change, { mentees: [], meeting: { link: null, passcode: null }, custom: { day: null } });
});

const FAULTS: readonly [Cells, string[]][] = [
  [
    { mentees: '-, -' },
    ['Invalid Mentees: - (an e-mail address)', 'Invalid Mentees: - (the same mentee twice)'],
  ],
  [{ mentees: ' ; ' }, ['Invalid Mentees: ; (an e-mail address)']],
  [
    { title: '-', description: ' - ', categories: '-' },
    [
      'Mandatory field title not filled',
      'Mandatory field description not filled',
      'Mandatory field categories not filled',
    ],
  ],
  [{ date: '-' }, ['Invalid Date: - (a real calendar date as DD-MM-YYYY)']],
  [{ categories: ';' }, ['Mandatory field categories not filled']],
  [{ platform: '-' }, ['Invalid meeting platform: -']],
  [{ platform: 'Skype', link: '-' }, ['Invalid meeting platform: Skype']],
  [
    { duration: 'long', time: '25:00' },
    ['Invalid Time: 25:00 (00:00 to 23:59, such as 17:00 Hrs)', 'Invalid Duration: long (whole minutes)'],
  ],
];

t.test('what cannot be read is told, and which fields that are', async (t) => {
  for (const [cells, expected] of FAULTS) {
    const { change, errors } = edit(cells);
    t.same(
      errors.map(({ message }) => message),
      expected,
    );
    t.same([...(change?.unread ?? [])], [...new Set(errors.map(({ field }) => field))]);
  }
  const { change, errors } = edit({}, { custom: { grade: '-' } }, FIELDS);
  t.match(errors, [
    { code: 'FIELD_REQUIRED', field: 'custom.grade', message: 'Mandatory field Grade not filled' },
  ]);
  t.same(change?.custom, {});
  t.same(
    [...(edit({}, { surplus: ['x'] }).change?.unread ?? [])],
    [],
    'surplus cells are no field of the session',
  );
});
