import t from 'tap';
import { checkChange } from '../src/check-change.ts';
import type { Directory } from '../src/session.ts';
import type { CurrentSession, SessionChange } from '../src/session-change.ts';
import { type CustomField, DEFAULT_SETTINGS } from '../src/settings.ts';
import { ASHA, context, MEERA, NOW_MS, SIX_MENTEES, VIKRAM } from './builders.ts';
import {
  type Cells,
  calendarWith,
  decide,
  edit,
  messages,
  SESSION_ID,
  session,
  THREE,
} from './current-session.ts';

const MINUTE_MS = 60_000;
const [BEN = '', CAI = '', DIA = '', EVA = ''] = SIX_MENTEES;

function check(cells: Cells, current = session(), ...rest: Parameters<typeof context>) {
  const { change = {} } = edit(cells);
  return checkChange(current, change, context(...rest));
}
const faults = (...input: Parameters<typeof check>) =>
  check(...input).errors.map(({ code, field, value, message }) => `${code} ${field} [${value}] ${message}`);

t.test('only the filled cells change anything', async (t) => {
  const current = session();
  const {
    errors,
    differing,
    session: changed,
    slot,
  } = check({ title: 'Another title', medium: 'Hindi, english' });
  t.same(errors, []);
  t.ok(differing.size > 0);
  t.equal(slot, undefined);
  t.same(changed, { ...current, version: 4, title: 'Another title', medium: ['hindi', 'english'] });
});

t.test('options that the session has not had are told apart from those it has', async (t) => {
  const { options } = check({ categories: 'Dropped since, Brand new, Life skills', medium: 'ENGLISH' });
  t.same(options, {
    recommendedFor: [],
    categories: [
      { value: 'brand_new', label: 'Brand new', isNew: true },
      { value: 'life_skills', label: 'Life skills', isNew: false },
    ],
    medium: [],
  });
});

t.test('type and mentor never change', async (t) => {
  t.same(faults({ type: 'Private' }), ['IMMUTABLE_FIELD type [Private] Cannot edit type']);
  t.same(faults({ mentor: 'Vikram.Shah@example.org' }), [
    'IMMUTABLE_FIELD mentor [Vikram.Shah@example.org] Cannot edit mentor',
  ]);
  t.equal(check({ type: 'PUBLIC', mentor: 'ASHA.RAO@example.org' }).differing.size, 0);
  t.equal(checkChange(session(), { mentor: ASHA.id }, context()).differing.size, 0, 'by id');
});

t.test('the mentees of the cell are the whole new list', async (t) => {
  t.same(check({ mentees: `LEFT@example.org; ${BEN}` }).session.mentees, [
    { userId: 'f'.repeat(24), email: 'left@example.org', enrolment: 'self' },
    { userId: context().directory.find(BEN)?.id, email: BEN, enrolment: 'invited' },
  ]);
  t.same(check({ mentees: '-' }).session.mentees, []);
  t.equal(check({ mentees: 'left@example.org,Meera.Iyer@example.org' }).differing.size, 0, 'another order');
  t.equal(check({ mentees: '-' }, session({ mentees: [] })).differing.size, 0);
});

t.test('what an organisation wants filled in is asked for where a change touches it', async (t) => {
  const settings = { ...DEFAULT_SETTINGS, requiredFields: ['mentees', 'link', 'passcode'] as const };
  t.same(faults({ mentees: '-' }, session(), { settings }), [
    'FIELD_REQUIRED mentees [-] Mandatory field Mentees not filled',
  ]);
  const meet = { platform: 'GOOGLE_MEET' as const, link: null, meetingId: null, passcode: null };
  const before = session({ mentees: [], meeting: meet });
  t.same(faults({ title: 'Another title' }, before, { settings }), [], 'it stays as it was before');
  t.same(faults({ passcode: 'new' }, before, { settings }), [], 'what is left out, too');
  const withLink = session({ meeting: { ...meet, link: 'https://meet.google.com/abc-defg-hij' } });
  t.same(faults({ link: '-' }, withLink, { settings }), [
    'FIELD_REQUIRED link [] Mandatory field Meeting Link not filled',
  ]);
  t.same(faults({ platform: 'Zoom' }, withLink, { settings }), [
    'FIELD_REQUIRED link [] Mandatory field Meeting Link not filled',
    'FIELD_REQUIRED passcode [] Mandatory field Meeting Passcode not filled',
  ]);
});

t.test('nobody who is on the list is looked up again', async (t) => {
  const asked: string[] = [];
  const directory: Directory = {
    find(reference) {
      asked.push(reference);
      return context().directory.find(reference);
    },
  };
  t.same(faults({ mentees: `left@example.org,${MEERA.email}` }, session(), { directory }), []);
  t.same(faults({ mentees: `left@example.org,${BEN}` }, session(), { directory }), []);
  t.same(asked, [BEN]);
});

t.test('a mentee whom the directory now knows by another address stays as enrolled', async (t) => {
  const current = session({ mentees: [{ userId: MEERA.id, email: 'old@example.org', enrolment: 'self' }] });
  t.equal(check({ mentees: MEERA.email }, current).differing.size, 0);
  t.same(faults({ mentees: `old@example.org,${MEERA.email}` }, current), [
    `FIELD_INVALID mentees [${MEERA.email}] Invalid Mentees: ${MEERA.email} (the same mentee twice)`,
  ]);
});

const six = SIX_MENTEES.map((email, index) => ({ userId: `${index}`, email, enrolment: 'self' as const }));
const PRIVATE: Partial<CurrentSession> = { type: 'PRIVATE' };

const MENTEES: readonly [string, Cells, Partial<CurrentSession>, string[]][] = [
  [
    'an unknown new one',
    { mentees: `${MEERA.email},x@example.org` },
    {},
    ['USER_NOT_FOUND mentees [x@example.org] User not found: x@example.org'],
  ],
  [
    'the mentor',
    { mentees: `${MEERA.email},${ASHA.email}` },
    {},
    [`MENTOR_IS_MENTEE mentees [${ASHA.email}] The mentor cannot be a mentee of the session`],
  ],
  ['another mentor', { mentees: VIKRAM.email }, {}, []],
  [
    'six',
    { mentees: SIX_MENTEES.join() },
    {},
    [`SEATS_FULL mentees [${SIX_MENTEES.join()}] Session seats full: only 5 mentees are allowed`],
  ],
  ['the six who have their seats', { mentees: SIX_MENTEES.toReversed().join() }, { mentees: six }, []],
  [
    'one more than those six',
    { mentees: [...SIX_MENTEES, MEERA.email].join() },
    { mentees: six },
    [
      `SEATS_FULL mentees [${[...SIX_MENTEES, MEERA.email].join()}] Session seats full: only 5 mentees are allowed`,
    ],
  ],
  ['five of those six', { mentees: SIX_MENTEES.slice(1).join() }, { mentees: six }, []],
  ['none of a public session', { mentees: '-' }, {}, []],
  [
    'none of a private session',
    { mentees: '-' },
    PRIVATE,
    ['MENTEES_REQUIRED mentees [-] A private session needs at least one mentee'],
  ],
  ['another one of a private session', { mentees: BEN }, PRIVATE, []],
];

t.test('mentees are held against the rules where the list differs', async (t) => {
  for (const [title, cells, current, expected] of MENTEES) {
    t.same(faults(cells, session(current)), expected, title);
  }
  const unreadable = ['x', 'y', BEN, CAI, DIA, EVA].join();
  t.match(faults({ mentees: unreadable }), [/^SEATS_FULL/], 'unreadable ones count');
  t.match(faults({ mentees: 'a,b,c,d,e,f' }), [/^SEATS_FULL/], 'also where all are');
});

t.test('date, zone, time and duration each default to what people see of the session', async (t) => {
  const hour = 60 * MINUTE_MS;
  const slot = (startMs: number, endMs = startMs + hour) => ({ startMs, endMs });
  t.same(check({ date: '15-06-2027' }).slot, slot(THREE + 24 * hour));
  t.same(check({ time: '16:00' }).slot, slot(THREE + hour));
  t.same(check({ duration: '90' }).slot, slot(THREE, THREE + 90 * MINUTE_MS));
  t.same(check({ timeZone: 'UTC' }).slot, slot(Date.UTC(2027, 5, 14, 15)), 'the same clock time elsewhere');
  t.equal(check({ timeZone: 'UTC' }).session.timeZone, 'UTC');
  const sameMoment = check({ timeZone: 'UTC', time: '09:30' });
  t.equal(sameMoment.slot, undefined);
  t.ok(sameMoment.differing.size > 0, 'it is shown in another zone');
  t.equal(check({ date: '14-06-2027', timeZone: 'ist', time: '1500', duration: '60' }).differing.size, 0);
});

/** 31-10-2027, the second 02:30 in Paris. */
const SECOND = Date.UTC(2027, 9, 31, 1, 30);
const PARIS: Partial<CurrentSession> = {
  timeZone: 'Europe/Paris',
  startMs: SECOND,
  endMs: SECOND + 60 * MINUTE_MS,
};

t.test('a clock time that exists twice stays the one that is stored', async (t) => {
  const cells = { date: '31-10-2027', timeZone: 'Europe/Paris', time: '02:30' };
  t.equal(check(cells, session(PARIS)).differing.size, 0);
  t.same(check({ ...cells, duration: '45' }, session(PARIS)).slot, {
    startMs: SECOND,
    endMs: SECOND + 45 * MINUTE_MS,
  });
  t.same(faults({ time: '02:45' }, session(PARIS)), [
    'FIELD_INVALID time [02:45] Invalid Time: 02:45 (this local time exists twice in Europe/Paris on 31-10-2027)',
  ]);
  t.same(faults({ date: '28-03-2027' }, session(PARIS)), [
    'FIELD_INVALID time [02:30] Invalid Time: 02:30 (this local time does not exist in Europe/Paris on 28-03-2027)',
  ]);
  t.same(check({ date: '01-11-2027' }, session(PARIS)).errors, []);
});

const TIMES: readonly [string, Cells, Partial<CurrentSession>, string[]][] = [
  [
    'into the past',
    { date: '31-12-2026' },
    {},
    ['START_IN_PAST date [31-12-2026] The session would start in the past'],
  ],
  [
    'too short',
    { duration: '29' },
    {},
    ['DURATION_TOO_SHORT duration [29] The session must last at least 30 minutes'],
  ],
  [
    'too long, though the date is unreadable',
    { duration: '1441', date: 'soon' },
    {},
    ['DURATION_TOO_LONG duration [1441] The session must last at most 1440 minutes'],
  ],
  ['moved, with a duration of other days', { time: '16:00' }, { endMs: THREE + 10 * MINUTE_MS }, []],
  [
    'past the year 9999',
    { date: '31-12-9999', time: '23:30', timeZone: 'UTC' },
    {},
    ['FIELD_INVALID date [31-12-9999] Invalid Date: 31-12-9999 (an end before the year 10000)'],
  ],
];

t.test('times are held against the rules where they differ', async (t) => {
  for (const [title, cells, current, expected] of TIMES) {
    t.same(faults(cells, session(current)), expected, title);
  }
});

t.test('there is no slot to ask for where a time is unreadable or against a rule', async (t) => {
  for (const cells of [
    { date: 'soon', time: '16:00' },
    { duration: '29' },
    { duration: 'x', time: '16:00' },
  ]) {
    t.equal(check(cells).slot, undefined);
  }
  t.ok(check({ time: '16:00', title: 'x'.repeat(256), mentees: 'nobody@example.org' }).slot);
});

t.test('an unknown option is refused only where the session has not had it', async (t) => {
  const settings = { ...DEFAULT_SETTINGS, newOptions: 'reject' as const };
  t.same(faults({ categories: 'Communication; Dropped  Since' }, session(), { settings }), []);
  t.same(faults({ categories: 'Dropped since, Cooking' }, session(), { settings }), [
    'OPTION_UNKNOWN categories [Cooking] Unknown categories: Cooking',
  ]);
});

const FIELDS: readonly CustomField[] = [
  { name: 'grade', label: 'Grade', type: 'number', required: true, allowedValues: [] },
  { name: 'colour', label: 'Colour', type: 'text', required: false, allowedValues: ['Blue'] },
];
const CUSTOM = { grade: 6, colour: 'Red', gone: true };

t.test('custom fields change one by one', async (t) => {
  const changed = (custom: Record<string, string>) =>
    checkChange(session({ custom: CUSTOM }), edit({}, { custom }, FIELDS).change!, context());
  t.same(changed({ colour: 'blue' }).session.custom, { ...CUSTOM, colour: 'Blue' });
  t.same(changed({ colour: ' - ' }).session.custom, { grade: 6, gone: true });
  t.equal(changed({ grade: '6.0', colour: 'Red' }).differing.size, 0);
  t.ok(changed({ grade: '-' }).differing.has('custom.grade'));
});

t.test('what the row repeats is not refused, whatever is allowed today', async (t) => {
  const current = session({
    title: 'a\u0007b',
    description: 'x'.repeat(5001),
    mentor: { ...session().mentor, email: 'asha@intranet' },
    mentees: [{ userId: MEERA.id, email: 'meera@intranet', enrolment: 'invited' }],
    categories: ['reading,_writing', 'y'.repeat(256)],
    meeting: {
      platform: 'ZOOM',
      link: 'http://old.example.org/j/1',
      meetingId: '1',
      passcode: 'z'.repeat(256),
    },
    custom: CUSTOM,
    startMs: NOW_MS + MINUTE_MS,
    endMs: NOW_MS + 2 * MINUTE_MS,
  });
  const reading = edit(
    {
      title: 'a\u0007b',
      description: 'x'.repeat(5001),
      mentor: 'Asha@intranet',
      mentees: 'MEERA@intranet',
      categories: `Reading, Writing; ${'y'.repeat(256)}`,
      link: 'http://old.example.org/j/1',
      passcode: 'z'.repeat(256),
      duration: '1',
    },
    { custom: { grade: '6', colour: 'Red' } },
    FIELDS,
  );
  t.ok(reading.errors.length > 4, 'by themselves the cells are faulty');
  t.same(decide(current, reading), { outcome: 'unchanged', note: '' });
  const other = decide(current, { ...reading, change: { ...reading.change, type: 'PRIVATE' } });
  t.same(messages(other), ['Cannot edit type']);
});

const LIVE = { startMs: NOW_MS - MINUTE_MS, endMs: NOW_MS + 30 * MINUTE_MS };
const COMPLETED = { startMs: NOW_MS - 60 * MINUTE_MS, endMs: NOW_MS - MINUTE_MS };
const live = `SESSION_LOCKED id [${SESSION_ID}] A live session cannot be edited`;
const completed = `SESSION_LOCKED id [${SESSION_ID}] A completed session cannot be edited`;
const badLink = 'MEETING_LINK_INVALID link [https://x.org/] Invalid meeting link for Zoom';

const LOCKS: readonly [string, Partial<CurrentSession>, Cells, string[]][] = [
  ['live, title', LIVE, { title: 'Another' }, [live]],
  ['live, description', LIVE, { description: 'Another' }, [live]],
  ['live, type', LIVE, { type: 'Private' }, [live]],
  ['live, mentor', LIVE, { mentor: VIKRAM.email }, [live]],
  ['live, mentees', LIVE, { mentees: BEN }, [live]],
  ['live, unknown mentee', LIVE, { mentees: `${MEERA.email},left@example.org,x@example.org` }, [live]],
  ['live, date into the past', LIVE, { date: '01-01-2020' }, [live]],
  ['live, zone', LIVE, { timeZone: 'Asia/Colombo' }, [live]],
  ['live, duration', LIVE, { duration: '5' }, [live]],
  ['live, options', LIVE, { medium: 'Hindi' }, [live]],
  ['live, link', LIVE, { link: 'https://zoom.us/j/2' }, []],
  ['live, platform, link and passcode', LIVE, { platform: 'BBB', link: '-', passcode: '-' }, []],
  ['live, faulty link', LIVE, { link: 'https://x.org/' }, [badLink]],
  ['live, unreadable platform', LIVE, { platform: 'Skype' }, []],
  ['live, link and title', LIVE, { link: 'https://zoom.us/j/2', title: 'Another' }, [live]],
  ['live, unreadable date', LIVE, { date: 'soon' }, [live]],
  [
    'live, nothing',
    LIVE,
    { title: 'Leading a school', mentees: 'left@example.org;meera.iyer@example.org' },
    [],
  ],
  ['completed, link', COMPLETED, { link: 'https://zoom.us/j/2' }, [completed]],
  ['completed, faulty link', COMPLETED, { link: 'https://x.org/' }, [badLink, completed]],
  ['completed, title and date', COMPLETED, { title: 'Another', date: '31-12-2026' }, [completed]],
  ['completed, unreadable platform', COMPLETED, { platform: 'Skype' }, [completed]],
  ['completed, nothing', COMPLETED, { title: 'Leading a school', type: 'public' }, []],
  [
    'cancelled',
    { cancelled: true },
    { title: 'Another' },
    [`SESSION_NOT_FOUND id [${SESSION_ID}] Session not found`],
  ],
  ['cancelled, nothing', { cancelled: true }, {}, [`SESSION_NOT_FOUND id [${SESSION_ID}] Session not found`]],
];

t.test('a session that has begun takes a new meeting only, one that is over nothing', async (t) => {
  const settings = { ...DEFAULT_SETTINGS, newOptions: 'reject' as const };
  for (const [title, current, cells, expected] of LOCKS) {
    t.same(faults(cells, session(current), { settings }), expected, title);
    t.equal(check(cells, session(current)).slot, undefined, `${title}: no slot is asked for`);
  }
});

t.test('an unknown option that is refused locks as any other', async (t) => {
  const settings = { ...DEFAULT_SETTINGS, newOptions: 'reject' as const };
  t.same(faults({ medium: 'English, Latin' }, session(COMPLETED), { settings }), [completed]);
});

t.test('beside the lock a row is told what of it cannot be read', async (t) => {
  const decision = decide(
    session(COMPLETED),
    edit({ title: 'a\u0007b', date: '30-02-2027' }),
    {},
    calendarWith(session()),
  );
  t.same(messages(decision), [
    'A completed session cannot be edited',
    'Invalid title: a b (text without control characters)',
    'Invalid Date: 30-02-2027 (a real calendar date as DD-MM-YYYY)',
  ]);
});

t.test(
  'whoever speaks in moments moves a session by its start, and changes its length by its end',
  async (t) => {
    const HOUR_MS = 60 * 60_000;
    const change = (asked: SessionChange) => {
      const { session: changed, errors, differing, slot } = checkChange(session(), asked, context());
      const { startMs, endMs, timeZone } = changed;
      return {
        times: [startMs - THREE, endMs - THREE, timeZone],
        codes: errors.map(({ code }) => code),
        differing,
        slot,
      };
    };
    const DAY_MS = 24 * HOUR_MS;
    const moved = change({ moments: { startMs: THREE + DAY_MS } });
    t.same(moved.times, [DAY_MS, DAY_MS + HOUR_MS, 'Asia/Kolkata']);
    t.same(moved.slot, { startMs: THREE + DAY_MS, endMs: THREE + DAY_MS + HOUR_MS });
    t.same(change({ moments: { endMs: THREE + 2 * HOUR_MS } }).times, [0, 2 * HOUR_MS, 'Asia/Kolkata']);
    t.same(change({ moments: {}, durationMinutes: 90 }).times, [0, 1.5 * HOUR_MS, 'Asia/Kolkata']);
    const shown = change({ moments: {}, timeZone: 'Europe/Berlin' });
    t.same(shown.times, [0, HOUR_MS, 'Europe/Berlin'], 'a zone alone moves nothing');
    t.same([...shown.differing], ['timeZone']);
    t.equal(shown.slot, undefined);
    t.equal(change({ moments: { startMs: THREE, endMs: THREE + HOUR_MS } }).differing.size, 0);
    t.same(change({ moments: { endMs: THREE - HOUR_MS } }).codes, ['DURATION_TOO_SHORT']);
    t.same(change({ moments: { startMs: THREE + 30_000 } }).codes, ['FIELD_INVALID'], 'whole minutes only');
  },
);
