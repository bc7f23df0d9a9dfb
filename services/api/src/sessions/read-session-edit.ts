import {
  type CustomField,
  type CustomValue,
  type DraftField,
  type FieldNames,
  type MeetingChange,
  type OptionField,
  type Reading,
  type RowError,
  readAs,
  readCustom,
  readDescription,
  readMeeting,
  readMentees,
  readMentor,
  readOptions,
  readTitle,
  readType,
  readZone,
  rowError,
  type SessionChange,
  trimmed,
} from '@mentorline/domain';
import { MINUTE_MS } from '@mentorline/runtime';
import { readInstant } from '../http/instant.ts';
import {
  filled,
  type MeetingInput,
  meetingTexts,
  places,
  refuseUnknown,
  type SessionEdit,
} from './read-session-input.ts';

export interface ReadEdit {
  change: SessionChange;
  errors: RowError[];
  names: FieldNames;
}

/** What a request says by itself, with all its errors; the readers are those of a new session. */
export function readSessionEdit(input: SessionEdit, customFields: readonly CustomField[]): ReadEdit {
  const names = places(input);
  const errors: RowError[] = [];
  const reading: Reading = { names, errors, idsAllowed: true };
  const written = new Map<DraftField, string>();
  const read = <Value>(
    field: 'title' | 'description' | 'type' | 'mentor',
    reader: (text: string, reading: Reading) => Value,
  ): Value | undefined => {
    if (input[field] === undefined) return undefined;
    const text = trimmed(input[field]);
    written.set(field, text);
    return reader(text, reading);
  };
  const options = (field: OptionField) => input[field] && readOptions(field, filled(input[field]), reading);
  const mentees = input.mentees && readMentees(input.mentees.map(trimmed), reading);
  const change: SessionChange = {
    title: read('title', readTitle),
    description: read('description', readDescription),
    type: read('type', readType),
    mentor: read('mentor', readMentor),
    mentees: mentees?.mentees,
    menteeCount: mentees?.count,
    ...readMoments(input, reading, written),
    recommendedFor: options('recommendedFor'),
    categories: options('categories'),
    medium: options('medium'),
    meeting: input.meeting && readMeetingEdit(input.meeting),
    custom: readCustomEdit(input.custom ?? {}, customFields, errors, written),
    written,
  };
  return { change: { ...change, unread: new Set(errors.map(({ field }) => field)) }, errors, names };
}

function readMoments(
  { start, end, durationMinutes, timeZone }: SessionEdit,
  reading: Reading,
  written: Map<DraftField, string>,
): SessionChange {
  if ([start, end, durationMinutes, timeZone].every((given) => given === undefined)) return {};
  const readMoment = (field: 'date' | 'duration', text: string | undefined) =>
    text === undefined ? undefined : readAs(field, text, readInstant, 'RFC 3339', reading);
  if (start !== undefined) written.set('date', start).set('time', start);
  const length = durationMinutes === undefined ? end : String(durationMinutes);
  if (length !== undefined) written.set('duration', length);
  const startMs = readMoment('date', start);
  const endMs = readMoment('duration', end);
  if (durationMinutes !== undefined && endMs !== undefined) {
    const fits = startMs !== undefined && startMs + durationMinutes * MINUTE_MS === endMs;
    const why = start === undefined ? 'with end only where start is given too' : 'does not fit end';
    if (!fits) {
      const text = String(durationMinutes);
      reading.errors.push(rowError('FIELD_INVALID', 'duration', text, reading.names.duration, why));
    }
  }
  const zone =
    timeZone === undefined
      ? undefined
      : readAs('timeZone', trimmed(timeZone), readZone, 'an IANA name such as Asia/Kolkata', reading);
  return { moments: { startMs, endMs }, durationMinutes, timeZone: zone };
}

function readMeetingEdit({ platform, link, meetingId, passcode }: MeetingInput): MeetingChange {
  const text = (given: string | null | undefined) =>
    given === undefined ? undefined : trimmed(given ?? '') || null;
  return { platform, link: text(link), meetingId: text(meetingId), passcode: text(passcode) };
}

/** A blank value clears the field. */
function readCustomEdit(
  input: Readonly<Record<string, CustomValue | null>>,
  fields: readonly CustomField[],
  errors: RowError[],
  written: Map<DraftField, string>,
): Record<string, CustomValue | null> {
  refuseUnknown(input, fields, errors);
  const texts = new Map(Object.entries(input).map(([name, value]) => [name, trimmed(String(value ?? ''))]));
  for (const [name, text] of texts) written.set(`custom.${name}`, text);
  const given = fields.filter(({ name }) => texts.has(name));
  const read = readCustom(given, texts, errors);
  const cleared = given.filter(({ name, required }) => texts.get(name) === '' && !required);
  return { ...Object.fromEntries(cleared.map(({ name }) => [name, null])), ...read };
}

/** A whole meeting in the place of the stored one, whatever that was. */
export function readMeetingInput(input: MeetingInput): ReadEdit {
  const names: FieldNames = {
    ...places({}),
    ...{ platform: 'platform', link: 'link', meetingId: 'meetingId', passcode: 'passcode' },
  };
  const { meeting, errors } = readMeeting(meetingTexts(input), names);
  const unread = new Set(errors.map(({ field }) => field));
  return { change: meeting ? { meeting } : { unread }, errors, names };
}
