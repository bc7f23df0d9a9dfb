import { isDeepStrictEqual } from 'node:util';
import { guardCell, unguardCell } from '@mentorline/csv';
import {
  CSV_FIELD_NAMES,
  type CustomField,
  type CustomValue,
  formatDate,
  formatTime,
  OPTION_FIELDS,
  type OptionCatalogue,
  type OptionField,
  PLATFORM_NAMES,
  readCustom,
  readDate,
  readMeeting,
  readOptions,
  readTime,
  readZone,
  SESSION_COLUMNS,
  type SessionColumn,
  splitValues,
  trimmed,
  wallToUtc,
  zoneLabel,
} from '@mentorline/domain';
import { MINUTE_MS } from '@mentorline/runtime';
import type { Session } from '@mentorline/store';

export interface SessionRowContext {
  /** E-mail addresses by user id. */
  emails: ReadonlyMap<string, string>;
  options: Pick<OptionCatalogue, 'find'> & { label(field: OptionField, value: string): string };
  customFields: readonly CustomField[];
}

/** The columns of an import, with the organisation's own. */
export function sessionHeader(customFields: readonly CustomField[]): string[] {
  return [...SESSION_COLUMNS.map(({ header }) => header), ...customFields.map(({ label }) => label)];
}

/**
 * A session as a row of an import that edits it. Uploaded as it is, it changes nothing: what an import would read
 * differently is left blank, and a blank cell of an Edit leaves the field as it is.
 */
export function sessionRow(session: Session, context: SessionRowContext): string[] {
  const { emails, options, customFields } = context;
  const cells: Record<SessionColumn, string> = {
    action: 'Edit',
    id: session.id,
    title: asText(session.title),
    description: asText(session.description),
    type: session.type === 'PUBLIC' ? 'Public' : 'Private',
    mentor: asList([emails.get(session.mentorId) ?? '']),
    mentees: asList(session.mentees.map(({ userId }) => emails.get(userId) ?? '')),
    ...startCells(session),
    duration: String((session.end.getTime() - session.start.getTime()) / MINUTE_MS),
    ...optionCells(session, options),
    ...meetingCells(session),
  };
  return [
    ...SESSION_COLUMNS.map(({ key }) => cells[key]),
    ...customFields.map((field) => customCell(field, session.custom[field.name])),
  ];
}

/** The text, or blank where it would not come back as it is: `-` clears, and a guard of its own would be taken off. */
function asText(text: string): string {
  return text !== '-' && trimmed(unguardCell(guardCell(text))) === text ? text : '';
}

function asList(values: readonly string[]): string {
  const text = values.join(', ');
  return isDeepStrictEqual(splitValues(text), [...values]) ? asText(text) : '';
}

function startCells({ start, timeZone }: Session): { date: string; timeZone: string; time: string } {
  const startMs = start.getTime();
  const cells = {
    date: formatDate(startMs, timeZone),
    timeZone: zoneLabel(timeZone),
    time: formatTime(startMs, timeZone),
  };
  const dayMs = readDate(cells.date);
  const minutes = readTime(cells.time);
  const isSame =
    dayMs !== undefined &&
    minutes !== undefined &&
    readZone(cells.timeZone) === timeZone &&
    // A clock that is put back shows one time twice.
    wallToUtc(dayMs, minutes, timeZone) === startMs;
  return isSame ? cells : { date: '', timeZone: '', time: '' };
}

function optionCells(session: Session, options: SessionRowContext['options']): Record<OptionField, string> {
  const cells = OPTION_FIELDS.map((field) => [field, optionCell(field, session[field], options)]);
  return Object.fromEntries(cells) as Record<OptionField, string>;
}

function optionCell(
  field: OptionField,
  values: readonly string[],
  options: SessionRowContext['options'],
): string {
  const spellings = values.map((value) => {
    const comesBack = (text: string) =>
      splitValues(text).length === 1 && options.find(field, text) === value ? text : undefined;
    return comesBack(options.label(field, value)) ?? comesBack(value) ?? '';
  });
  const cell = asList(spellings);
  const read = readOptions(field, splitValues(cell), {
    names: CSV_FIELD_NAMES,
    errors: [],
    idsAllowed: false,
  });
  return read?.length === values.length ? cell : '';
}

function meetingCells({ meeting }: Session): { platform: string; link: string; passcode: string } {
  const platform = PLATFORM_NAMES[meeting.platform];
  const link = asText(meeting.link ?? '');
  const passcode = asText(meeting.passcode ?? '');
  // An id that was given beside the link, or a passcode that was taken away from it, would be read from it again.
  const read = readMeeting({ platform, link, passcode }, CSV_FIELD_NAMES);
  return { platform, link: isDeepStrictEqual(read.meeting, { ...meeting }) ? link : '', passcode };
}

function customCell(field: CustomField, value: CustomValue | undefined): string {
  if (value === undefined) return '';
  const cell = asText(writeCustom(field, value));
  const read = readCustom([field], new Map([[field.name, cell]]), []);
  return read[field.name] === value ? cell : '';
}

function writeCustom({ type }: CustomField, value: CustomValue): string {
  if (type === 'boolean') return value === true ? 'Yes' : 'No';
  if (type === 'date') return String(value).split('-').reverse().join('-');
  return String(value);
}
