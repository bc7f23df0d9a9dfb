import type { SessionColumn } from './columns.ts';
import { CSV_FIELD_NAMES, EMPTY_DRAFT, type PartialDraft } from './draft.ts';
import { readMeeting } from './meeting.ts';
import { type RowError, rowError } from './messages.ts';
import { splitValues } from './option.ts';
import { readCustom } from './read-custom.ts';
import {
  type Reading,
  readAs,
  readDescription,
  readMentees,
  readMentor,
  readOptions,
  readRequired,
  readTitle,
  readType,
} from './read-fields.ts';
import type { CustomField } from './settings.ts';
import { trimmed } from './text.ts';
import { readDate, readTime, wallToUtc } from './wall-time.ts';
import { MINUTE_MS, readZone } from './zone.ts';

/** One record of the file, the spreadsheet guard taken off. */
export interface RowCells {
  /** Blank where the record or the header has no such cell. */
  get(column: SessionColumn): string;
  /** By custom field name. */
  readonly custom: ReadonlyMap<string, string>;
  /** What stands past the last column of the header. */
  readonly surplus: readonly string[];
  /** What an earlier report says became of the row; blank where the file is no report. */
  readonly earlierStatus: string;
}

export type RowAction = 'Create' | 'Edit' | 'Delete';

export interface ReadRow {
  /** `undefined`: blank or unknown. */
  readonly action: RowAction | undefined;
  readonly id: string;
  /**
   * A Create that an earlier report calls done, with the id it was given: nothing is left to do if that session
   * exists. What else the row says was dealt with then.
   */
  readonly doneEarlier: boolean;
  readonly draft: PartialDraft;
  readonly errors: RowError[];
}

const ACTIONS: ReadonlyMap<string, RowAction> = new Map([
  ['create', 'Create'],
  ['edit', 'Edit'],
  ['delete', 'Delete'],
]);

/**
 * What a row says by itself, with all its errors in column order. Only a Create has a draft: a Delete
 * counts by action and id, and the blank cells of an Edit mean what the stored session says.
 */
export function readRow(cells: RowCells, customFields: readonly CustomField[]): ReadRow {
  const reading: Reading = { names: CSV_FIELD_NAMES, errors: [], idsAllowed: false };
  const { errors } = reading;
  checkSurplus(cells.surplus, errors);
  const id = trimmed(cells.get('id'));
  const text = trimmed(cells.get('action'));
  if (isDoneEarlier(text, id, cells.earlierStatus)) {
    return { action: 'Create', id, doneEarlier: true, draft: EMPTY_DRAFT, errors };
  }
  const action = readAction(text, id, reading);
  // A row with an id and no known action was hardly meant as a Create; its blank cells are no faults.
  const isCreate = action === 'Create' || (action === undefined && id === '');
  const draft = isCreate ? readDraft(cells, customFields, reading) : EMPTY_DRAFT;
  return { action, id, doneEarlier: false, draft, errors };
}

/** `Unchanged` is what a report says of such a row when it is uploaded once more. */
const DONE: readonly string[] = ['published', 'unchanged'];

function isDoneEarlier(action: string, id: string, status: string): boolean {
  return id !== '' && action.toLowerCase() === 'create' && DONE.includes(trimmed(status).toLowerCase());
}

function checkSurplus(surplus: readonly string[], errors: RowError[]): void {
  const filled = surplus.filter((cell) => trimmed(cell) !== '');
  if (filled.length === 0) return;
  errors.push(rowError('FIELD_INVALID', 'row', filled.join(', '), CSV_FIELD_NAMES.row, 'too many cells'));
}

function readAction(text: string, id: string, reading: Reading): RowAction | undefined {
  if (readRequired('action', text, reading) === undefined) return undefined;
  const action = ACTIONS.get(text.toLowerCase());
  if (action === undefined) reading.errors.push(rowError('ACTION_INVALID', 'action', text, 'unknown action'));
  else if (action === 'Create') {
    if (id !== '') reading.errors.push(rowError('ACTION_INVALID', 'action', text, 'Create with an id'));
  } else if (id === '') {
    reading.errors.push(rowError('ACTION_INVALID', 'action', text, `${action} without an id`));
  }
  return action;
}

function readDraft(cells: RowCells, customFields: readonly CustomField[], reading: Reading): PartialDraft {
  const text = (column: SessionColumn) => trimmed(cells.get(column));
  const title = readTitle(text('title'), reading);
  const description = readDescription(text('description'), reading);
  const type = readType(text('type'), reading);
  const mentor = readMentor(text('mentor'), reading);
  const menteesCell = text('mentees');
  const { mentees, count } = readMentees(splitValues(menteesCell), reading);
  const date = text('date');
  const time = text('time');
  const duration = text('duration');
  const { startMs, timeZone } = readStart(date, text('timeZone'), time, reading);
  const durationMinutes = readAs('duration', duration, readDuration, 'whole minutes', reading);
  const recommendedFor = readOptions('recommendedFor', splitValues(text('recommendedFor')), reading);
  const categories = readOptions('categories', splitValues(text('categories')), reading);
  const medium = readOptions('medium', splitValues(text('medium')), reading);
  const { meeting, errors } = readMeeting(
    { platform: text('platform'), link: text('link'), passcode: text('passcode') },
    reading.names,
  );
  reading.errors.push(...errors);
  const custom = readCustom(customFields, cells.custom, reading.errors);
  return {
    title,
    description,
    type,
    mentor,
    mentees,
    startMs,
    endMs:
      startMs === undefined || durationMinutes === undefined
        ? undefined
        : startMs + durationMinutes * MINUTE_MS,
    timeZone,
    recommendedFor,
    categories,
    medium,
    meeting,
    custom,
    written: { date, time, duration, mentees: menteesCell, durationMinutes, menteeCount: count },
  };
}

function readStart(
  date: string,
  zone: string,
  time: string,
  reading: Reading,
): { startMs: number | undefined; timeZone: string | undefined } {
  const day = readAs('date', date, readDate, 'a real calendar date as DD-MM-YYYY', reading);
  const timeZone = readAs(
    'timeZone',
    zone,
    readZone,
    'IST, UTC or an IANA name such as Asia/Kolkata',
    reading,
  );
  const minutes = readAs('time', time, readTime, '00:00 to 23:59, such as 17:00 Hrs', reading);
  if (day === undefined || timeZone === undefined || minutes === undefined) {
    return { startMs: undefined, timeZone };
  }
  const startMs = wallToUtc(day, minutes, timeZone);
  if (typeof startMs === 'number') return { startMs, timeZone };
  const why = startMs === 'missing' ? 'does not exist' : 'exists twice';
  const expected = `this local time ${why} in ${timeZone} on ${date}`;
  reading.errors.push(rowError('FIELD_INVALID', 'time', time, reading.names.time, expected));
  return { startMs: undefined, timeZone };
}

/** Far past any limit, and still small enough to be counted with. */
const LONGEST_COUNTED_MINUTES = 1e9;

function readDuration(text: string): number | undefined {
  return /^\d+$/u.test(text) ? Math.min(Number(text), LONGEST_COUNTED_MINUTES) : undefined;
}
