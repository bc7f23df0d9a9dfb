import t from 'tap';
import { checkSession } from '../src/check-session.ts';
import type { SessionColumn } from '../src/columns.ts';
import type { PartialDraft } from '../src/draft.ts';
import { readRow } from '../src/read-row.ts';
import { DEFAULT_SETTINGS } from '../src/settings.ts';
import { ASHA, context, MEERA, NOW_MS, row, SIX_MENTEES } from './builders.ts';

const MINUTE_MS = 60_000;

function check(cells: Partial<Record<SessionColumn, string>>, ...rest: Parameters<typeof context>) {
  return checkSession(readRow(row(cells), []).draft, context(...rest));
}
const faults = (...input: Parameters<typeof check>) =>
  check(...input).errors.map(({ code, field, value, message }) => `${code} ${field} [${value}] ${message}`);

t.test('a good row names its people, slot and options', async (t) => {
  const checked = check({
    type: 'Private',
    mentees: 'meera.iyer@example.org',
    categories: 'life_skills, New  One',
  });
  t.same(checked.errors, []);
  t.equal(checked.mentor?.id, ASHA.id);
  t.same(checked.mentees, [MEERA]);
  t.same(checked.slot, { startMs: Date.UTC(2027, 5, 14, 9, 30), endMs: Date.UTC(2027, 5, 14, 10, 30) });
  t.same(checked.options, {
    recommendedFor: [{ value: 'teachers', label: 'Teachers', isNew: false }],
    categories: [
      { value: 'life_skills', label: 'life_skills', isNew: false },
      { value: 'new_one', label: 'New  One', isNew: true },
    ],
    medium: [{ value: 'english', label: 'English', isNew: false }],
  });
});

t.test('a label and the value made of it are one option', async (t) => {
  t.same(check({ categories: 'Brand new;brand_new' }).options.categories, [
    { value: 'brand_new', label: 'Brand new', isNew: true },
  ]);
});

const TABLE: readonly [string, Partial<Record<SessionColumn, string>>, string[]][] = [
  [
    'unknown mentor',
    { mentor: 'nobody@example.org' },
    ['USER_NOT_FOUND mentor [nobody@example.org] User not found: nobody@example.org'],
  ],
  [
    'mentor who is none',
    { mentor: 'Meera.Iyer@example.org' },
    ['NOT_A_MENTOR mentor [meera.iyer@example.org] meera.iyer@example.org is not a mentor'],
  ],
  [
    'unknown mentees',
    { mentees: 'x@example.org,meera.iyer@example.org,y@example.org' },
    [
      'USER_NOT_FOUND mentees [x@example.org] User not found: x@example.org',
      'USER_NOT_FOUND mentees [y@example.org] User not found: y@example.org',
    ],
  ],
  [
    'mentor among the mentees',
    { mentees: 'Asha.Rao@example.org' },
    ['MENTOR_IS_MENTEE mentees [asha.rao@example.org] The mentor cannot be a mentee of the session'],
  ],
  [
    'private without mentees',
    { type: 'Private' },
    ['MENTEES_REQUIRED mentees [] A private session needs at least one mentee'],
  ],
  ['private with an unreadable mentee only', { type: 'Private', mentees: 'x' }, []],
  ['five mentees', { mentees: SIX_MENTEES.slice(1).join(';') }, []],
  [
    'six mentees',
    { mentees: SIX_MENTEES.join(';') },
    [`SEATS_FULL mentees [${SIX_MENTEES.join(';')}] Session seats full: only 5 mentees are allowed`],
  ],
  [
    'six mentees, one unreadable',
    { mentees: [...SIX_MENTEES.slice(1), 'x'].join(';') },
    [
      `SEATS_FULL mentees [${[...SIX_MENTEES.slice(1), 'x'].join(';')}] Session seats full: only 5 mentees are allowed`,
    ],
  ],
  [
    'start in the past',
    { date: '31-12-2026' },
    ['START_IN_PAST date [31-12-2026] The session would start in the past'],
  ],
  [
    'start this very minute',
    { date: '01-01-2027', timeZone: 'UTC', time: '00:00' },
    ['START_IN_PAST date [01-01-2027] The session would start in the past'],
  ],
  ['start in a minute', { date: '01-01-2027', timeZone: 'UTC', time: '00:01' }, []],
  [
    '29 minutes',
    { duration: '29' },
    ['DURATION_TOO_SHORT duration [29] The session must last at least 30 minutes'],
  ],
  ['30 minutes', { duration: '30' }, []],
  ['1440 minutes', { duration: '1440' }, []],
  [
    '1441 minutes',
    { duration: '1441' },
    ['DURATION_TOO_LONG duration [1441] The session must last at most 1440 minutes'],
  ],
  [
    'very many minutes',
    { duration: '9'.repeat(30) },
    [`DURATION_TOO_LONG duration [${'9'.repeat(30)}] The session must last at most 1440 minutes`],
  ],
  [
    'duration though the date is unknown',
    { duration: '29', date: 'soon' },
    ['DURATION_TOO_SHORT duration [29] The session must last at least 30 minutes'],
  ],
];

t.test('the rules of people and times are told', async (t) => {
  for (const [title, cells, expected] of TABLE) t.same(faults(cells), expected, title);
});

t.test('settings of the organisation count', async (t) => {
  const settings = {
    ...DEFAULT_SETTINGS,
    enrolmentLimit: 2,
    minDurationMinutes: 45,
    maxDurationMinutes: 50,
    newOptions: 'reject' as const,
  };
  t.match(
    faults({ mentees: SIX_MENTEES.slice(0, 3).join() }, { settings }).join(),
    'only 2 mentees are allowed',
  );
  t.match(faults({ duration: '44' }, { settings }).join(), 'at least 45 minutes');
  t.match(faults({ duration: '51' }, { settings }).join(), 'at most 50 minutes');
  t.same(faults({ duration: '45', categories: 'Cooking, LIFE SKILLS', medium: 'Latin' }, { settings }), [
    'OPTION_UNKNOWN categories [Cooking] Unknown categories: Cooking',
    'OPTION_UNKNOWN medium [Latin] Unknown medium: Latin',
  ]);
});

t.test('what an organisation wants filled in has to be', async (t) => {
  const settings = { ...DEFAULT_SETTINGS, requiredFields: ['mentees', 'link', 'passcode'] as const };
  t.same(faults({}, { settings }), ['FIELD_REQUIRED mentees [] Mandatory field Mentees not filled']);
  const somebody = { mentees: 'meera.iyer@example.org' };
  t.same(faults(somebody, { settings }), [], 'BigBlueButton has neither link nor passcode');
  t.same(faults({ ...somebody, platform: 'Google Meet' }, { settings }), [
    'FIELD_REQUIRED link [] Mandatory field Meeting Link not filled',
  ]);
  t.same(faults({ ...somebody, platform: 'Zoom' }, { settings }), [
    'FIELD_REQUIRED link [] Mandatory field Meeting Link not filled',
    'FIELD_REQUIRED passcode [] Mandatory field Meeting Passcode not filled',
  ]);
  const link = 'https://zoom.us/j/123456789?pwd=secret';
  t.same(faults({ ...somebody, platform: 'Zoom', link }, { settings }), [], 'the link brings its passcode');
  t.same(faults({ type: 'Private' }, { settings }), [
    'MENTEES_REQUIRED mentees [] A private session needs at least one mentee',
  ]);
});

t.test('a slot is there to ask for whenever mentor and times are fine, whatever else is wrong', async (t) => {
  t.ok(check({ title: '', type: 'x', mentees: 'nobody@example.org' }).slot);
  t.notOk(check({ mentor: 'meera.iyer@example.org' }).slot, 'not a mentor');
  t.notOk(check({ mentor: 'nobody@example.org' }).slot, 'unknown mentor');
  t.notOk(check({ duration: '29' }).slot, 'too short');
  t.notOk(check({ date: '31-12-2026' }).slot, 'in the past');
  t.notOk(check({ date: 'soon' }).slot, 'unknown start');
});

t.test('a draft that came without cells is told about by its times', async (t) => {
  const { written: _, ...draft } = readRow(row(), []).draft;
  const at = (changes: Partial<PartialDraft>) =>
    checkSession({ ...draft, ...changes }, context()).errors.map(({ code, value }) => `${code} ${value}`);
  t.same(at({ startMs: NOW_MS, endMs: NOW_MS + 10 * MINUTE_MS }), [
    'START_IN_PAST 01-01-2027 05:30',
    'DURATION_TOO_SHORT 10',
  ]);
  t.same(at({ mentees: SIX_MENTEES }), [`SEATS_FULL ${SIX_MENTEES.join(', ')}`]);
  t.same(at({ mentees: [MEERA.id, MEERA.email] }), [`FIELD_INVALID ${MEERA.email}`]);
  const startMs = NOW_MS + MINUTE_MS + 1;
  t.same(at({ startMs, endMs: startMs + 30 * MINUTE_MS }), ['FIELD_INVALID 01-01-2027 05:31']);
  t.same(at({ startMs: NOW_MS + MINUTE_MS, endMs: NOW_MS + 40.5 * MINUTE_MS }), ['FIELD_INVALID 39.5']);
});
