import type { SessionColumn } from './columns.ts';
import { CSV_FIELD_NAMES, EMPTY_DRAFT, type PartialDraft } from './draft.ts';
import { readMeeting } from './meeting.ts';
import { type RowError, rowError } from './messages.ts';
import { splitValues } from './option.ts';
import { readChange } from './read-change.ts';
import { readCustom } from './read-custom.ts';
import {
  type Reading,
  readDescription,
  readMentees,
  readMentor,
  readOptions,
  readRequired,
  readTitle,
  readType,
} from './read-fields.ts';
import { readClock, readDay, readDuration, readStart, readTimeZone } from './read-times.ts';
import type { SessionChange } from './session-change.ts';
import type { CustomField } from './settings.ts';
import { trimmed } from './text.ts';
import { MINUTE_MS } from './zone.ts';

/** One record of the file, the spreadsheet guard taken off. */
export interface RowCells<Column extends string = SessionColumn> {
  /** Blank where the record or the header has no such cell. */
  get(column: Column): string;
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
   * Whether an earlier report calls the row done, so that its session is nothing to wonder at: that of a Create
   * exists already, that of a Delete is gone. What else a Create says was dealt with then; an Edit is applied once
   * more, as people may have changed it since.
   */
  readonly doneEarlier: boolean;
  /** Empty but for a Create. */
  readonly draft: PartialDraft;
  /** Of an Edit that names its session. */
  readonly change: SessionChange | undefined;
  readonly errors: RowError[];
}

const ACTIONS: ReadonlyMap<string, RowAction> = new Map([
  ['create', 'Create'],
  ['edit', 'Edit'],
  ['delete', 'Delete'],
]);

/**
 * What a row says by itself, with all its errors in column order. A Delete counts by action and id; the blank cells
 * of an Edit mean what the stored session says.
 */
export function readRow(cells: RowCells, customFields: readonly CustomField[]): ReadRow {
  const reading: Reading = { names: CSV_FIELD_NAMES, errors: [], idsAllowed: false };
  const { errors } = reading;
  checkSurplus(cells.surplus, errors);
  const id = trimmed(cells.get('id'));
  const text = trimmed(cells.get('action'));
  const doneEarlier = id !== '' && isDone(text, cells.earlierStatus);
  if (doneEarlier && ACTIONS.get(text.toLowerCase()) === 'Create') {
    return { action: 'Create', id, doneEarlier, draft: EMPTY_DRAFT, change: undefined, errors };
  }
  const action = readAction(text, id, reading);
  // A row with an id and no known action was hardly meant as a Create; its blank cells are no faults.
  const isCreate = action === 'Create' || (action === undefined && id === '');
  return {
    action,
    id,
    doneEarlier,
    draft: isCreate ? readDraft(cells, customFields, reading) : EMPTY_DRAFT,
    change: action === 'Edit' && id !== '' ? readChange(cells, customFields, reading) : undefined,
    errors,
  };
}

/** What a report says of a row that was applied; `Unchanged` when it was uploaded once more. */
const DONE: Readonly<Record<RowAction, readonly string[]>> = {
  Create: ['published', 'unchanged'],
  Edit: ['updated', 'unchanged'],
  Delete: ['deleted', 'unchanged'],
};

function isDone(text: string, status: string): boolean {
  const action = ACTIONS.get(text.toLowerCase());
  return action !== undefined && DONE[action].includes(trimmed(status).toLowerCase());
}

export function checkSurplus(surplus: readonly string[], errors: RowError[]): void {
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
  const dayMs = readDay(date, reading);
  const timeZone = readTimeZone(text('timeZone'), reading);
  const minutes = readClock(time, reading);
  const startMs =
    dayMs === undefined || timeZone === undefined || minutes === undefined
      ? undefined
      : readStart({ dayMs, minutes, zone: timeZone }, { date, time }, reading);
  const durationMinutes = readDuration(duration, reading);
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
