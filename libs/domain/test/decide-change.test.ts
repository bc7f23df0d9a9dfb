import fc from 'fast-check';
import t from 'tap';
import { checkChange } from '../src/check-change.ts';
import type { SessionColumn } from '../src/columns.ts';
import { decideChange, decideDeletion, decideRepeatedCreate } from '../src/decide-change.ts';
import { readRow } from '../src/read-row.ts';
import type { CurrentSession } from '../src/session-change.ts';
import { type CustomField, DEFAULT_SETTINGS } from '../src/settings.ts';
import { Calendar } from '../src/slots.ts';
import { trimmed } from '../src/text.ts';
import { ASHA, context, MEERA, NOW_MS, row, rowOf, SIX_MENTEES } from './builders.ts';
import {
  type Cells,
  calendarWith,
  decide,
  edit,
  messages,
  SESSION_ID,
  session,
  shown,
  THREE,
} from './current-session.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

t.test('an Edit that changes something counts the version up', async (t) => {
  const current = session();
  t.same(decide(current, edit({ title: 'Another', medium: 'English, Latin', link: '-' })), {
    outcome: 'updated',
    session: {
      ...current,
      version: 4,
      title: 'Another',
      medium: ['english', 'latin'],
      meeting: { platform: 'ZOOM', link: null, meetingId: null, passcode: 'abc' },
    },
    note: 'Set meeting later',
    newOptions: [{ field: 'medium', value: 'latin', label: 'Latin' }],
  });
  t.match(decide(current, edit({ platform: 'BBB' })), { outcome: 'updated', note: '' });
});

t.test('an Edit that changes nothing says only what is still to come', async (t) => {
  t.same(decide(session(), edit({ title: 'Leading a school' })), { outcome: 'unchanged', note: '' });
  const waiting = session({ meeting: { platform: 'ZOOM', link: null, meetingId: null, passcode: null } });
  t.same(decide(waiting, edit({})), { outcome: 'unchanged', note: 'Set meeting later' });
});

t.test("the session's own slot is not in its way", async (t) => {
  const current = session();
  for (const cells of [{ time: '15:30' }, { time: '16:00' }, { time: '14:00' }, { duration: '90' }]) {
    const calendars = calendarWith(current);
    t.equal(decide(current, edit(cells), {}, calendars).outcome, 'updated');
    t.match(
      calendars.get(ASHA.id)?.conflictWith(current, 0),
      {
        startMs: THREE,
        holder: { kind: 'session', sessionId: SESSION_ID },
      },
      'and still there for who books',
    );
  }
});

t.test('a slot that another session takes is told, its own slot counting as free', async (t) => {
  const current = session();
  const calendars = calendarWith(current, [THREE + 90 * MINUTE_MS, 30]);
  const taken = (end: string) =>
    `Asha Rao already has a session from 16:30 to 17:00 IST on 14-06-2027 (row 1 of this file); next free time: ${end}`;
  const decision = decide(current, edit({ time: '15:45 hrs' }), {}, calendars);
  t.same(messages(decision), [taken('14-06-2027 17:01')]);
  t.match(decision, {
    errors: [{ code: 'MENTOR_SLOT_TAKEN', field: 'time', value: '15:45 hrs' }],
    conflict: { startMs: THREE + 90 * MINUTE_MS, nextFreeMs: THREE + 121 * MINUTE_MS },
  });
  t.match(decide(current, edit({ duration: '90' }), {}, calendars), {
    errors: [{ code: 'MENTOR_SLOT_TAKEN', value: '15:00' }],
  });
  t.match(calendars.get(ASHA.id)?.conflictWith(current, 0), { startMs: THREE }, 'what was released is back');
  t.equal(decide(current, edit({ duration: '89' }), {}, calendars).outcome, 'updated');
});

t.test("the gap of the mentor's organisation counts", async (t) => {
  const current = session({ mentor: { ...session().mentor, slotGapMinutes: 10 } });
  const calendars = calendarWith(current, [THREE + 90 * MINUTE_MS, 30]);
  t.equal(decide(current, edit({ duration: '80' }), {}, calendars).outcome, 'invalid');
  t.equal(decide(current, edit({ duration: '79' }), {}, calendars).outcome, 'updated');
});

t.test('all that is wrong is told in column order', async (t) => {
  const reading = edit(
    {
      title: 'x'.repeat(256),
      type: 'Private',
      mentees: 'x@example.org',
      time: '16:30',
      link: 'http://zoom.us/j/1',
    },
    { surplus: ['more'] },
  );
  const decision = decide(session(), reading, {}, calendarWith(session(), [THREE + 90 * MINUTE_MS, 30]));
  t.same(decision.outcome === 'invalid' && decision.errors.map(({ code, field }) => `${code} ${field}`), [
    'FIELD_INVALID row',
    'FIELD_TOO_LONG title',
    'IMMUTABLE_FIELD type',
    'USER_NOT_FOUND mentees',
    'MENTOR_SLOT_TAKEN time',
    'MEETING_LINK_INVALID link',
  ]);
});

t.test('a session that is not there cannot be changed', async (t) => {
  const gone = session({ cancelled: true });
  const notFound = ['Session not found'];
  const unknown = (reading: ReturnType<typeof edit>) =>
    decideChange(undefined, reading, undefined, new Map(), { settings: DEFAULT_SETTINGS });
  t.same(messages(unknown(edit({}))), notFound);
  t.same(messages(unknown(edit({}, { earlierStatus: 'Updated' }))), notFound);
  t.same(messages(unknown(edit({ date: 'soon' }))), [
    'Session not found',
    'Invalid Date: soon (a real calendar date as DD-MM-YYYY)',
  ]);
  t.same(messages(unknown(edit({ id: '' }))), ['Invalid row action (Edit without an id)']);
  t.same(messages(decide(gone, edit({ title: 'Another' }))), notFound);
  t.same(messages(decide(gone, edit({}))), notFound);
  t.same(decide(gone, edit({ title: 'Another' }, { earlierStatus: 'Updated' })), {
    outcome: 'unchanged',
    note: '',
  });
});

t.test('an Edit that was done earlier is applied once more', async (t) => {
  t.equal(decide(session(), edit({ title: 'Another' }, { earlierStatus: 'Updated' })).outcome, 'updated');
});

t.test('a session or a calendar that was left out is a bug', async (t) => {
  const context = { settings: DEFAULT_SETTINGS };
  t.throws(() => decideChange(session(), edit({}), undefined, new Map(), context), {
    message: /not checked/,
  });
  t.throws(() => decide(session(), edit({ time: '16:00' })), {
    message: /calendar of mentor .* is not loaded/,
  });
});

const LIVE = { startMs: NOW_MS - MINUTE_MS, endMs: NOW_MS + MINUTE_MS };
const COMPLETED = { startMs: NOW_MS - 2 * HOUR_MS, endMs: NOW_MS - HOUR_MS };

t.test('a session is deleted until it is live', async (t) => {
  const remove = (current: CurrentSession | undefined, earlierStatus = '', id = SESSION_ID) =>
    decideDeletion(current, readRow({ ...rowOf('Delete', id), earlierStatus }, []), NOW_MS);
  t.same(remove(session()), {
    outcome: 'deleted',
    session: session({ version: 4, cancelled: true }),
  });
  t.same(messages(remove(session(LIVE))), ['A live session cannot be deleted']);
  t.same(messages(remove(session(COMPLETED))), ['A completed session cannot be deleted']);
  t.same(messages(remove(undefined)), ['Session not found']);
  t.same(messages(remove(undefined, 'Deleted')), ['Session not found']);
  t.same(messages(remove(session({ cancelled: true }))), ['Session not found']);
  t.same(remove(session({ cancelled: true }), 'Deleted'), { outcome: 'unchanged', note: '' });
  t.equal(remove(session(), 'Deleted').outcome, 'deleted');
  t.same(messages(remove(undefined, '', '')), ['Invalid row action (Delete without an id)']);
  const surplus = readRow(row({ action: 'Delete', id: SESSION_ID }, { surplus: ['x'] }), []);
  t.same(messages(decideDeletion(session(), surplus, NOW_MS)), ['Invalid row: x (too many cells)']);
});

t.test('a Create that was done earlier has nothing left to do while its session is known', async (t) => {
  const reading = readRow(row({ id: SESSION_ID }, { earlierStatus: 'Published' }), []);
  t.same(decideRepeatedCreate(session(), reading), { outcome: 'unchanged', note: '' });
  t.same(decideRepeatedCreate(session({ cancelled: true }), reading), { outcome: 'unchanged', note: '' });
  t.same(messages(decideRepeatedCreate(undefined, reading)), ['Invalid row action (Create with an id)']);
});

const FIELDS: readonly CustomField[] = [
  { name: 'grade', label: 'Grade', type: 'number', required: true, allowedValues: [] },
  { name: 'colour', label: 'Colour', type: 'text', required: false, allowedValues: ['Blue'] },
  { name: 'day', label: 'Day', type: 'date', required: false, allowedValues: [] },
  { name: 'online', label: 'Online', type: 'boolean', required: false, allowedValues: [] },
];
const STRICT = {
  settings: { ...DEFAULT_SETTINGS, newOptions: 'reject' as const, enrolmentLimit: 2 },
};
const filled = fc
  .string({ unit: 'binary', maxLength: 300 })
  .map(trimmed)
  .filter((text) => text !== '');
const listOf = (...values: string[]) => fc.subarray(values, { minLength: 1 });

/** Any session that may once have been stored, also against today's rules; public and not cancelled. */
const sessions: fc.Arbitrary<CurrentSession> = fc
  .record({
    title: filled,
    description: filled,
    mentees: fc.subarray([
      { userId: MEERA.id, email: MEERA.email, enrolment: 'invited' as const },
      { userId: '1'.repeat(24), email: 'left@example.org', enrolment: 'self' as const },
      { userId: '2'.repeat(24), email: 'moved@intranet', enrolment: 'self' as const },
    ]),
    // Every quarter of an hour of three years, the repeated hours included.
    startMs: fc
      .integer({ min: 0, max: 3 * 365 * 96 })
      .map((count) => Date.UTC(2026, 0) + count * 15 * MINUTE_MS),
    minutes: fc.integer({ min: 1, max: 1440 }),
    timeZone: fc.constantFrom(
      'Asia/Kolkata',
      'UTC',
      'Europe/Paris',
      'America/New_York',
      'Australia/Lord_Howe',
    ),
    recommendedFor: listOf('teachers', 'dropped_since'),
    categories: listOf('communication', 'reading,_writing', 'life_skills'),
    medium: listOf('english', 'हिन्दी'),
    meeting: fc.constantFrom(
      { platform: 'BBB' as const, link: null, meetingId: null, passcode: null },
      { platform: 'ZOOM' as const, link: null, meetingId: null, passcode: 'abc' },
      { platform: 'ZOOM' as const, link: 'https://zoom.us/j/1?pwd=x', meetingId: '99', passcode: null },
      { platform: 'WHATSAPP' as const, link: 'http://old.example.org/a', meetingId: null, passcode: 'abc' },
    ),
    custom: fc.record(
      {
        grade: fc.integer(),
        colour: fc.constantFrom('Red', 'Blue', '-'),
        day: fc.constantFrom('2027-06-14', '-'),
        online: fc.boolean(),
        gone: fc.constant('x'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ minutes, ...rest }) => session({ ...rest, endMs: rest.startMs + minutes * MINUTE_MS }));

function shownCustom({ custom }: CurrentSession): Record<string, string> {
  return Object.fromEntries(Object.entries(custom).map(([name, value]) => [name, String(value)]));
}

t.test('an Edit as the session list shows the session is always unchanged', async () => {
  fc.assert(
    fc.property(sessions, fc.subarray(Object.keys(shown(session())) as SessionColumn[]), (current, blank) => {
      const cells: Cells = { ...shown(current), ...Object.fromEntries(blank.map((column) => [column, ''])) };
      const decision = decide(current, edit(cells, { custom: shownCustom(current) }, FIELDS), STRICT);
      return decision.outcome === 'unchanged';
    }),
    { numRuns: 500 },
  );
});

t.test('a blank Edit is unchanged', async () => {
  fc.assert(fc.property(sessions, (current) => decide(current, edit({}), STRICT).outcome === 'unchanged'));
});

const cellsOf = (...texts: string[]) => fc.constantFrom('', ...texts);
const edits = fc.record({
  cells: fc.record({
    title: cellsOf('Another'),
    mentees: cellsOf('-', SIX_MENTEES[0]!, `${SIX_MENTEES[1]}, left@example.org`),
    date: cellsOf('14-06-2027', '31-10-2027', '29-03-2026'),
    timeZone: cellsOf('IST', 'Europe/Paris', 'UTC'),
    time: cellsOf('15:00', '02:30', '00:15'),
    duration: cellsOf('30', '61'),
    categories: cellsOf('Communication', 'Brand new; Life skills', 'brand_new,Reading'),
    platform: cellsOf('BBB', 'Zoom', 'Meet'),
    link: cellsOf('-', 'https://zoom.us/j/2?pwd=y', 'https://zoom.us/my/asha', 'https://meet.google.com/abc'),
    passcode: cellsOf('-', 'secret'),
  }),
  custom: fc.record({
    grade: cellsOf('7', '1.50'),
    colour: cellsOf('-', 'BLUE'),
    day: cellsOf('-', '01-02-2027'),
  }),
});

t.test('an Edit that was applied is unchanged when it is applied again', async (t) => {
  let updated = 0;
  fc.assert(
    fc.property(sessions, edits, (current, { cells, custom }) => {
      const reading = edit(cells, { custom }, FIELDS);
      const calendars = calendarWith(current);
      const first = decide(current, reading, {}, calendars);
      if (first.outcome !== 'updated') return true;
      updated += 1;
      const { id, version, type, mentor } = first.session;
      t.same(
        { id, version, type, mentor },
        { id: current.id, version: 4, type: current.type, mentor: current.mentor },
      );
      return decide(first.session, reading, {}, calendars).outcome === 'unchanged';
    }),
    { numRuns: 2000 },
  );
  t.ok(updated > 100, `${updated} of the edits changed something`);
});

t.test('whatever is asked of a session that is over, it stays as it is', async () => {
  const over = sessions.filter(({ endMs }) => endMs < NOW_MS);
  fc.assert(
    fc.property(
      over,
      edits,
      (current, { cells, custom }) => decide(current, edit(cells, { custom }, FIELDS)).outcome !== 'updated',
    ),
  );
});

t.test('a calendar is as it was after any decision', async () => {
  fc.assert(
    fc.property(sessions, edits, (current, { cells }) => {
      const { change } = edit(cells);
      const checked = checkChange(current, change!, context());
      const others: [number, number][] = [[current.endMs + 90 * MINUTE_MS, 30]];
      const calendar = calendarWith(current, ...others).get(ASHA.id)!;
      decideChange(current, edit(cells), checked, new Map([[ASHA.id, calendar]]), {
        settings: DEFAULT_SETTINGS,
      });
      const held = new Calendar([calendar.release(current.id)!]);
      return held.conflictWith(current, 0)?.startMs === current.startMs;
    }),
  );
});
