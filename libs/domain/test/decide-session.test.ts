import t from 'tap';
import { checkSession } from '../src/check-session.ts';
import type { SessionColumn } from '../src/columns.ts';
import { type Decision, decideSession } from '../src/decide-session.ts';
import { EMPTY_DRAFT } from '../src/draft.ts';
import { type RowCells, readRow } from '../src/read-row.ts';
import { DEFAULT_SETTINGS, type OrganisationSettings } from '../src/settings.ts';
import { Calendar, type SlotHolder } from '../src/slots.ts';
import { ASHA, context, MEERA, row, rowOf, VIKRAM } from './builders.ts';

const MINUTE_MS = 60_000;
/** 14-06-2027, 15:00 IST. */
const THREE = Date.UTC(2027, 5, 14, 9, 30);
const ROW: SlotHolder = { kind: 'row', row: 1 };

function decide(
  cells: RowCells,
  calendars: ReadonlyMap<string, Calendar>,
  { gapMinutes = 0, settings = DEFAULT_SETTINGS as OrganisationSettings } = {},
): Decision {
  const { draft, errors } = readRow(cells, []);
  const checked = checkSession(draft, context({ settings }));
  const mentor = checked.mentor && { ...checked.mentor, slotGapMinutes: gapMinutes };
  return decideSession(draft, { ...checked, mentor }, errors, calendars, { organisationId: 'org', settings });
}

const calendarOf = (...slots: [startMs: number, minutes: number, holder?: SlotHolder][]) =>
  new Map([
    [
      ASHA.id,
      new Calendar(
        slots.map(([startMs, minutes, holder = ROW]) => ({
          startMs,
          endMs: startMs + minutes * MINUTE_MS,
          holder,
        })),
      ),
    ],
  ]);

const messages = (decision: Decision) =>
  decision.outcome === 'invalid' ? decision.errors.map(({ message }) => message) : [];

t.test('a good row is published', async (t) => {
  const cells = row({
    type: 'Private',
    mentees: 'meera.iyer@example.org',
    medium: 'English,Latin',
    platform: 'Meet',
  });
  t.same(decide(cells, calendarOf()), {
    outcome: 'published',
    session: {
      organisationId: 'org',
      title: 'Leading a school',
      description: 'How heads plan a year',
      type: 'PRIVATE',
      mentorId: ASHA.id,
      mentees: [{ userId: MEERA.id, enrolment: 'invited' }],
      startMs: THREE,
      endMs: THREE + 60 * MINUTE_MS,
      timeZone: 'Asia/Kolkata',
      recommendedFor: ['teachers'],
      categories: ['communication'],
      medium: ['english', 'latin'],
      meeting: { platform: 'GOOGLE_MEET', link: null, meetingId: null, passcode: null },
      custom: {},
    },
    note: 'Set meeting later',
    newOptions: [{ field: 'medium', value: 'latin', label: 'Latin' }],
  });
  t.match(decide(row(), calendarOf()), { outcome: 'published', note: '', newOptions: [] });
});

t.test('a taken slot is told with its holder and the next free time', async (t) => {
  const at = (time: string, holder: SlotHolder) =>
    decide(row({ time, duration: '45' }), calendarOf([THREE, 60, holder]));
  const sentence = (holder: string) => [
    `Asha Rao already has a session from 15:00 to 16:00 IST on 14-06-2027 (${holder}); next free time: 14-06-2027 16:01`,
  ];
  t.same(messages(at('16:00 Hrs', ROW)), sentence('row 1 of this file'));
  t.same(messages(at('15:30', { kind: 'session', sessionId: 's1' })), sentence('s1'));
  t.same(messages(at('1500', { kind: 'foreign' })), sentence('a session of another organisation'));
  t.match(at('16:00 Hrs', ROW), {
    errors: [{ code: 'MENTOR_SLOT_TAKEN', field: 'time', value: '16:00 Hrs' }],
    conflict: {
      holder: ROW,
      startMs: THREE,
      endMs: THREE + 60 * MINUTE_MS,
      nextFreeMs: THREE + 61 * MINUTE_MS,
    },
  });
  t.equal(at('16:01', ROW).outcome, 'published');
});

t.test("times are told in the organisation's zone, and free ones within its working hours", async (t) => {
  const utc: OrganisationSettings = {
    ...DEFAULT_SETTINGS,
    timeZone: 'UTC',
    workingHours: { from: '08:00', to: '11:00' },
  };
  const free = (minutes: string, settings: OrganisationSettings) =>
    messages(decide(row({ duration: minutes }), calendarOf([THREE, 60]), { settings }))
      .join()
      .split('; ')[1];
  t.match(messages(decide(row(), calendarOf([THREE, 60]), { settings: utc })), [
    /from 09:30 to 10:30 UTC on 14-06-2027/,
  ]);
  t.equal(free('30', utc), 'next free time: none that day', '10:31 to 11:01 is too late');
  t.equal(
    free('30', { ...utc, workingHours: { from: '08:00', to: '11:01' } }),
    'next free time: 14-06-2027 10:31',
  );
  t.equal(
    free('30', { ...utc, workingHours: { from: '18:00', to: '24:00' } }),
    'next free time: 14-06-2027 18:00',
  );
});

t.test("the gap of the mentor's organisation keeps sessions apart", async (t) => {
  const calendars = calendarOf([THREE, 60]);
  t.match(messages(decide(row({ time: '16:10' }), calendars, { gapMinutes: 10 })), [
    /next free time: 14-06-2027 16:11$/,
  ]);
  t.equal(decide(row({ time: '16:11' }), calendars, { gapMinutes: 10 }).outcome, 'published');
});

t.test('the calendar is asked even if other fields are wrong, and all is told in column order', async (t) => {
  const decision = decide(
    row({ type: 'Private', recommendedFor: '', title: '', platform: 'Skype' }),
    calendarOf([THREE, 60]),
  );
  t.same(decision.outcome === 'invalid' && decision.errors.map(({ code }) => code), [
    'FIELD_REQUIRED',
    'MENTEES_REQUIRED',
    'MENTOR_SLOT_TAKEN',
    'FIELD_REQUIRED',
    'MEETING_PLATFORM_INVALID',
  ]);
});

t.test('a calendar that is not loaded, or a gap in a draft without errors, is a bug', async (t) => {
  t.throws(() => decide(row(), new Map()), { message: /calendar of mentor .* is not loaded/ });
  t.throws(
    () =>
      decideSession(EMPTY_DRAFT, checkSession(EMPTY_DRAFT, context()), [], new Map(), {
        organisationId: 'org',
        settings: DEFAULT_SETTINGS,
      }),
    { message: 'A draft without errors has gaps' },
  );
});

const asha = 'asha.rao@example.org';
const vikram = 'vikram.shah@example.org';
const meera = 'meera.iyer@example.org';
const taken =
  'Asha Rao already has a session from 15:00 to 16:00 IST on 14-06-2027 (row 1 of this file); next free time: ';

/** The cells from `title` to `Meeting Link`, and the messages; none: published. */
const SAMPLE: readonly [string[], string[]][] = [
  [
    [
      'Leading a school through change',
      'How heads plan a year of change with their staff',
      'Public',
      asha,
      '',
      '14-06-2027',
      'IST',
      '15:00 Hrs',
      '60',
      'Teachers,Block education officer',
      'Communication,Life skills',
      'English,Hindi',
    ],
    [],
  ],
  [
    [
      'Back to back',
      'Starts at the minute the first one ends',
      'Public',
      asha,
      '',
      '14-06-2027',
      'IST',
      '16:00 Hrs',
      '45',
      'Teachers',
      'Communication',
      'English',
      'BigBlueButton',
    ],
    [`${taken}14-06-2027 16:01`],
  ],
  [
    [
      'A minute later',
      'Starts one minute after the first one ends',
      'Public',
      asha,
      '',
      '14-06-2027',
      'IST',
      '16:01 Hrs',
      '45',
      'Teachers',
      'Communication',
      'English',
      'BigBlueButton',
    ],
    [],
  ],
  [
    [
      'The same hour in UTC',
      '09:30 UTC is 15:00 IST',
      'Public',
      asha,
      '',
      '14-06-2027',
      'UTC',
      '09:30 Hrs',
      '30',
      'Teachers',
      'Communication',
      'English',
      'Zoom',
      'https://us02web.zoom.us/j/84839928742?pwd=abc',
    ],
    [`${taken}14-06-2027 16:47`],
  ],
  [
    [
      'One to one',
      'A private talk, on paper',
      'Private',
      vikram,
      meera,
      '15-06-2027',
      'IST',
      '17:00 Hrs',
      '30',
      'Teachers',
      'Educational leadership',
      'हिन्दी',
      'Google Meet',
      'https://meet.google.com/abc-defg-hij',
    ],
    [],
  ],
  [
    [
      'Private without a mentee',
      'Nobody is invited',
      'Private',
      vikram,
      '',
      '16-06-2027',
      'IST',
      '17:00 Hrs',
      '30',
      'Teachers',
      'Educational leadership',
      'English',
    ],
    ['A private session needs at least one mentee'],
  ],
  [
    [
      'Too short',
      'Twenty-nine minutes',
      'Public',
      vikram,
      '',
      '17-06-2027',
      'IST',
      '17:00 Hrs',
      '29',
      'Teachers',
      'Educational leadership',
      'English',
    ],
    ['The session must last at least 30 minutes'],
  ],
  [
    [
      'Nobody knows this mentor',
      'The address has no account',
      'Public',
      'nobody@example.org',
      '',
      '18-06-2027',
      'IST',
      '17:00 Hrs',
      '30',
      'Teachers',
      'Educational leadership',
      'English',
    ],
    ['User not found: nobody@example.org'],
  ],
  [
    [
      'No such day',
      'Thirtieth of February',
      'Public',
      vikram,
      '',
      '30-02-2027',
      'IST',
      '17:00 Hrs',
      '30',
      'Teachers',
      'Educational leadership',
      'English',
    ],
    ['Invalid Date: 30-02-2027 (a real calendar date as DD-MM-YYYY)'],
  ],
];

t.test('of the sample file, rows 1, 3 and 5 are published and the others refused', async (t) => {
  const calendars = new Map([ASHA, VIKRAM].map(({ id }) => [id, new Calendar()]));
  for (const [index, [cells, expected]] of SAMPLE.entries()) {
    const decision = decide(rowOf('Create', '', ...cells), calendars);
    t.same(messages(decision), expected, `row ${index + 1}`);
    t.equal(decision.outcome, expected.length === 0 ? 'published' : 'invalid', `row ${index + 1}`);
    if (decision.outcome === 'invalid') continue;
    const { mentorId, startMs, endMs } = decision.session;
    calendars.get(mentorId)?.book({ startMs, endMs, holder: { kind: 'row', row: index + 1 } });
  }
  t.match(readRow(rowOf('Delete', '000000000000000000000000'), []), { action: 'Delete', errors: [] });
});

t.test('an invalid row does not hold the slot', async (t) => {
  const calendars = calendarOf();
  const cells: Partial<Record<SessionColumn, string>> = { title: '' };
  t.equal(decide(row(cells), calendars).outcome, 'invalid');
  t.equal(decide(row(), calendars).outcome, 'published');
});
