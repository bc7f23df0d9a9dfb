import type { SessionColumn } from './columns.ts';
import type { CustomValue, DraftField } from './draft.ts';
import { readPlatform } from './meeting.ts';
import { rowError } from './messages.ts';
import { splitValues } from './option.ts';
import { readCustom } from './read-custom.ts';
import {
  type Reading,
  readDescription,
  readMentees,
  readMentor,
  readOptions,
  readTitle,
  readType,
} from './read-fields.ts';
import type { RowCells } from './read-row.ts';
import { readClock, readDay, readDuration, readTimeZone } from './read-times.ts';
import type { OptionField } from './session.ts';
import type { MeetingChange, SessionChange } from './session-change.ts';
import type { CustomField } from './settings.ts';
import { trimmed } from './text.ts';

/** What an optional cell says that is to be cleared. */
const CLEARED = '-';

/** What the filled cells of an Edit ask for; the readers are those of a Create. */
export function readChange(
  cells: RowCells,
  customFields: readonly CustomField[],
  reading: Reading,
): SessionChange {
  const { errors } = reading;
  const found = errors.length;
  const written = new Map<DraftField, string>();
  const read = <Value>(
    column: SessionColumn,
    reader: (text: string, reading: Reading) => Value,
  ): Value | undefined => {
    const text = trimmed(cells.get(column));
    if (text === '') return undefined;
    written.set(column, text);
    return reader(text, reading);
  };
  const readMandatory = <Value>(
    column: SessionColumn,
    reader: (text: string, reading: Reading) => Value,
  ): Value | undefined =>
    read(column, (text) => {
      if (text !== CLEARED) return reader(text, reading);
      errors.push(rowError('FIELD_REQUIRED', column, text, reading.names[column]));
      return undefined;
    });
  const options = (field: OptionField) =>
    readMandatory(field, (text) => readOptions(field, splitValues(text), reading));
  const title = readMandatory('title', readTitle);
  const description = readMandatory('description', readDescription);
  const type = read('type', readType);
  const mentor = read('mentor', readMentor);
  const mentees = read('mentees', readMenteesCell);
  const dayMs = read('date', readDay);
  const timeZone = read('timeZone', readTimeZone);
  const clockMinutes = read('time', readClock);
  const durationMinutes = read('duration', readDuration);
  const recommendedFor = options('recommendedFor');
  const categories = options('categories');
  const medium = options('medium');
  const meeting: MeetingChange = {
    platform: read('platform', readPlatformCell),
    link: read('link', orCleared),
    passcode: read('passcode', orCleared),
  };
  const custom = readCustomCells(customFields, cells.custom, written, reading);
  return {
    title,
    description,
    type,
    mentor,
    mentees: mentees?.mentees,
    menteeCount: mentees?.count,
    dayMs,
    clockMinutes,
    timeZone,
    durationMinutes,
    recommendedFor,
    categories,
    medium,
    meeting,
    custom,
    unread: new Set(errors.slice(found).map(({ field }) => field)),
    written,
  };
}

function orCleared(text: string): string | null {
  return text === CLEARED ? null : text;
}

function readMenteesCell(text: string, reading: Reading): ReturnType<typeof readMentees> {
  if (text === CLEARED) return { mentees: [], count: 0 };
  const references = splitValues(text);
  // Separators alone name nobody; to take them for a cleared list would cost people their seats.
  return readMentees(references.length === 0 ? [text] : references, reading);
}

function readPlatformCell(text: string, { errors }: Reading): MeetingChange['platform'] {
  const platform = readPlatform(text);
  if (platform === undefined) errors.push(rowError('MEETING_PLATFORM_INVALID', 'platform', text));
  return platform;
}

function readCustomCells(
  fields: readonly CustomField[],
  cells: ReadonlyMap<string, string>,
  written: Map<DraftField, string>,
  { errors }: Reading,
): Record<string, CustomValue | null> {
  const custom: Record<string, CustomValue | null> = {};
  for (const field of fields) {
    const text = trimmed(cells.get(field.name) ?? '');
    if (text === '') continue;
    const place: DraftField = `custom.${field.name}`;
    written.set(place, text);
    if (text !== CLEARED) Object.assign(custom, readCustom([field], cells, errors));
    else if (field.required) errors.push(rowError('FIELD_REQUIRED', place, text, field.label));
    else custom[field.name] = null;
  }
  return custom;
}
