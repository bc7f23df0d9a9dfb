import { Readable } from 'node:stream';
import { BYTE_ORDER_MARK, readRecords, writeRecords } from '@mentorline/csv';
import {
  CSV_FIELD_NAMES,
  type CustomField,
  type OptionField,
  optionKey,
  optionValue,
  readCustom,
  readMeeting,
  readRow,
  SESSION_COLUMNS,
  type SessionColumn,
  trimmed,
} from '@mentorline/domain';
import { MINUTE_MS } from '@mentorline/runtime';
import type { Session } from '@mentorline/store';
import fc from 'fast-check';
import t from 'tap';
import { type SessionRowContext, sessionHeader, sessionRow } from '../../src/sessions/session-row.ts';

const ASHA = 'a'.repeat(24);
const MEERA = 'b'.repeat(24);
const ARJUN = 'c'.repeat(24);
const CUSTOM_FIELDS: CustomField[] = (['text', 'number', 'date', 'boolean'] as const).map((type) => ({
  name: `own_${type}`,
  label: `Own ${type}`,
  type,
  required: false,
  allowedValues: [],
}));

function catalogue(labels: readonly string[]): SessionRowContext['options'] {
  const known = new Map(
    labels.flatMap((label) => [
      [optionKey(label), { value: optionValue(label), label }],
      [optionKey(optionValue(label)), { value: optionValue(label), label }],
    ]),
  );
  return {
    find: (_field, text) => known.get(optionKey(text))?.value,
    label: (_field, value) => known.get(optionKey(value))?.label ?? value,
  };
}

const CONTEXT: SessionRowContext = {
  emails: new Map([
    [ASHA, 'asha.rao@example.org'],
    [MEERA, 'meera.iyer@example.org'],
    [ARJUN, 'arjun.nair@example.org'],
  ]),
  options: catalogue(['Teachers', 'Life skills', 'हिन्दी']),
  customFields: CUSTOM_FIELDS,
};

const SESSION: Session = {
  id: '0123456789abcdef01234567',
  organisationId: 'd'.repeat(24),
  title: 'Leading a school',
  description: 'First line\nsecond, with "quotes"',
  type: 'PRIVATE',
  status: 'PUBLISHED',
  mentorId: ASHA,
  mentees: [
    { userId: MEERA, enrolment: 'invited' },
    { userId: ARJUN, enrolment: 'self' },
  ],
  start: new Date('2027-06-14T09:30:00Z'),
  end: new Date('2027-06-14T10:15:00Z'),
  timeZone: 'Asia/Kolkata',
  recommendedFor: ['teachers'],
  categories: ['teachers', 'life_skills'],
  medium: ['हिन्दी'],
  meeting: {
    platform: 'ZOOM',
    link: 'https://zoom.us/j/84839928742?pwd=secret',
    meetingId: '84839928742',
    passcode: 'secret',
  },
  custom: { own_text: 'Hall 3', own_number: -2.5, own_date: '2027-06-30', own_boolean: false },
  version: 1,
  image: null,
  importId: null,
  importRow: null,
  createdBy: ASHA,
  createdAt: new Date(0),
  updatedAt: new Date(0),
};

function cellsOf(session: Session, context = CONTEXT): Record<string, string> {
  const cells = sessionRow(session, context);
  return Object.fromEntries(sessionHeader(CUSTOM_FIELDS).map((name, index) => [name, cells[index]!]));
}

t.test('a session is an Edit in the columns of the import, as a person would fill it in', async (t) => {
  t.same(sessionHeader(CUSTOM_FIELDS).slice(0, 3), ['Action', 'id', 'title']);
  t.strictSame(cellsOf(SESSION), {
    Action: 'Edit',
    id: '0123456789abcdef01234567',
    title: 'Leading a school',
    description: 'First line\nsecond, with "quotes"',
    type: 'Private',
    'Mentor(Email)': 'asha.rao@example.org',
    'Mentees(Email)': 'meera.iyer@example.org, arjun.nair@example.org',
    'Date(DD-MM-YYYY)': '14-06-2027',
    'Time Zone(IST/UTC)': 'IST',
    'Time (24 hrs)': '15:00',
    'Duration(Min)': '45',
    recommended_for: 'Teachers',
    categories: 'Teachers, Life skills',
    medium: 'हिन्दी',
    'Meeting Platform': 'Zoom',
    'Meeting Link': 'https://zoom.us/j/84839928742?pwd=secret',
    'Meeting Passcode (if needed)': 'secret',
    'Own text': 'Hall 3',
    'Own number': '-2.5',
    'Own date': '30-06-2027',
    'Own boolean': 'No',
  });
});

t.test('what an import would read differently is left blank', async (t) => {
  const blank = (column: string, change: Partial<Session>, context = CONTEXT) =>
    t.equal(cellsOf({ ...SESSION, ...change }, context)[column], '', `${column}: ${JSON.stringify(change)}`);
  blank('title', { title: '-' });
  blank('title', { title: "'=1+1" });
  blank('description', { description: "'@all" });
  blank('Mentor(Email)', { mentorId: 'e'.repeat(24) });
  blank('Mentees(Email)', { mentees: [{ userId: 'e'.repeat(24), enrolment: 'invited' }] });
  blank('categories', { categories: ['teachers', 'nobody knows it'] });
  // Shown two times that night in Paris.
  const twice = { start: new Date('2027-10-31T00:30:00Z'), end: new Date('2027-10-31T01:30:00Z') };
  for (const column of ['Date(DD-MM-YYYY)', 'Time Zone(IST/UTC)', 'Time (24 hrs)']) {
    blank(column, { ...twice, timeZone: 'Europe/Paris' });
  }
  blank('Meeting Passcode (if needed)', { meeting: { ...SESSION.meeting, passcode: '-' } });
  blank('Meeting Link', { meeting: { ...SESSION.meeting, meetingId: '1' } });
  blank('Meeting Link', { meeting: { ...SESSION.meeting, passcode: null } });
  blank('Own text', { custom: { own_text: '-' } });
  blank('Own number', { custom: { own_number: 1e21 } });
});

t.test('an option with a separator in its label is told by its value, if that has none', async (t) => {
  const options = {
    find: (_field: OptionField, text: string) =>
      ['maths', 'art, music'].includes(optionKey(text)) ? optionKey(text) : undefined,
    label: (_field: OptionField, value: string) => (value === 'maths' ? 'Maths; statistics' : value),
  };
  const context = { ...CONTEXT, options };
  t.equal(cellsOf({ ...SESSION, medium: ['maths'] }, context).medium, 'maths');
  t.equal(cellsOf({ ...SESSION, medium: ['maths', 'art, music'] }, context).medium, '');
});

const unit = fc.constantFrom(...`'=+-@\t\n\r"',;aéह😀 _\u200b`, 'हि');
const text = fc
  .string({ unit, minLength: 1, maxLength: 6 })
  .map(trimmed)
  .filter((one) => one !== '');
const zone = fc.constantFrom(
  'Asia/Kolkata',
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
);
const labels = fc.uniqueArray(
  text.filter((one) => !/[\t\r\n]/.test(one)),
  { minLength: 1, maxLength: 3, selector: optionValue },
);
const meeting = fc
  .record({
    platform: fc.constantFrom('', 'Zoom', 'Google Meet', 'WhatsApp'),
    link: fc.constantFrom(
      '',
      'https://zoom.us/j/123?pwd=abc',
      'https://us02web.zoom.us/my/name',
      'https://meet.google.com/abc-defg-hij',
      'https://wa.me/1',
    ),
    passcode: fc.oneof(fc.constantFrom('', '-', 'abc'), text),
    meetingId: fc.constantFrom('', '123', '456'),
  })
  .map((cells) => readMeeting(cells, CSV_FIELD_NAMES).meeting)
  .filter((one) => one !== undefined)
  .chain((one) => fc.constantFrom(one, one.platform === 'BBB' ? one : { ...one, passcode: null }));
const custom = fc
  .record({ own_text: text, own_number: fc.double({ noNaN: true, noDefaultInfinity: true }) })
  .chain((one) =>
    fc.constantFrom(...[true, false].map((own_boolean) => ({ ...one, own_boolean, own_date: '2028-02-29' }))),
  );
const session = fc
  .record({
    title: text.filter((one) => !/[\t\r\n]/.test(one)),
    description: text,
    type: fc.constantFrom('PUBLIC' as const, 'PRIVATE' as const),
    startMinutes: fc.oneof(
      fc.integer({ min: 0, max: 525_600 }),
      // Around the clocks' going back in Europe.
      fc.integer({ min: 436_200, max: 436_500 }),
    ),
    duration: fc.integer({ min: 30, max: 1440 }),
    timeZone: zone,
    options: labels,
    meeting,
    custom,
    mentees: fc.subarray([MEERA, ARJUN, 'e'.repeat(24)]),
  })
  .map(({ startMinutes, duration, options, mentees, ...plain }) => {
    const startMs = Date.UTC(2027, 0, 1) + startMinutes * MINUTE_MS;
    const values = options.map(optionValue);
    return {
      context: { ...CONTEXT, options: catalogue(options) },
      session: {
        ...SESSION,
        ...plain,
        start: new Date(startMs),
        end: new Date(startMs + duration * MINUTE_MS),
        recommendedFor: values,
        categories: values,
        medium: values,
        mentees: mentees.map((userId) => ({ userId, enrolment: 'invited' as const })),
      } satisfies Session,
    };
  });

/** The one row of the file as an import would read it, were it a Create. */
async function readBack(file: Buffer) {
  const format = { encoding: 'utf-8', bom: true, delimiter: ',' } as const;
  const rows: string[][] = [];
  for await (const { records } of readRecords(Readable.from([file]), format)) {
    rows.push(...records.map(({ cells }) => cells));
  }
  const [cells = []] = rows;
  const byColumn = new Map<SessionColumn, string>(
    SESSION_COLUMNS.map(({ key }, index) => [
      key,
      key === 'action' ? 'Create' : key === 'id' ? '' : cells[index]!,
    ]),
  );
  const custom = new Map(
    CUSTOM_FIELDS.map(({ name }, index) => [name, cells[SESSION_COLUMNS.length + index]!]),
  );
  const get = (column: SessionColumn) => byColumn.get(column) ?? '';
  const { draft } = readRow({ get, custom, surplus: [], earlierStatus: '' }, CUSTOM_FIELDS);
  return { rows, get, custom, draft };
}

t.test(
  'whatever stands in a cell is read as what is stored, through file and spreadsheet guard',
  async (t) => {
    let filled = 0;
    await fc.assert(
      fc.asyncProperty(session, async ({ session, context }) => {
        const table = [sessionHeader(CUSTOM_FIELDS), sessionRow(session, context)];
        const file = Buffer.from(BYTE_ORDER_MARK + writeRecords(table));
        const { rows, get, custom, draft } = await readBack(file);
        const same = (column: SessionColumn, read: unknown, stored: unknown) => {
          if (get(column) === '') return;
          filled += 1;
          if (JSON.stringify(read) !== JSON.stringify(stored)) {
            throw new Error(`${column}: ${JSON.stringify([get(column), read, stored])}`);
          }
        };
        if (rows.length !== 1) throw new Error('one record');
        for (const { key } of SESSION_COLUMNS) {
          if (get(key) === '-') throw new Error(`${key} would be cleared`);
        }
        same('title', draft.title, session.title);
        same('description', draft.description, session.description);
        same('type', draft.type, session.type);
        same('mentor', draft.mentor, 'asha.rao@example.org');
        same(
          'mentees',
          draft.mentees,
          session.mentees.map(({ userId }) => context.emails.get(userId)),
        );
        same('time', draft.startMs, session.start.getTime());
        same('timeZone', draft.timeZone, session.timeZone);
        same('duration', draft.written?.durationMinutes, (+session.end - +session.start) / MINUTE_MS);
        for (const field of ['recommendedFor', 'categories', 'medium'] as const) {
          same(
            field,
            draft[field]?.map((text) => context.options.find(field, text)),
            session[field],
          );
        }
        same('platform', draft.meeting?.platform, session.meeting.platform);
        same('link', draft.meeting, session.meeting);
        same('passcode', draft.meeting?.passcode, session.meeting.passcode);
        const stored: Session['custom'] = session.custom;
        const read = readCustom(CUSTOM_FIELDS, custom, []);
        for (const [name, cell] of custom) {
          if (cell !== '' && read[name] !== stored[name]) throw new Error(`${name}: ${cell}`);
        }
      }),
      { numRuns: 500 },
    );
    t.ok(filled > 500 * 8, 'most cells are filled');
  },
);
