import type { FieldNames } from './draft.ts';
import { MOST_ERRORS_OF_A_LIST, type RowError, rowError } from './messages.ts';
import { optionValue } from './option.ts';
import type { Directory, Meeting, OptionCatalogue, OptionField, SessionType } from './session.ts';
import { type OrganisationSettings, PLATFORMS_WITH } from './settings.ts';
import { MINUTE_MS } from './zone.ts';

export interface CheckContext {
  readonly directory: Directory;
  readonly options: OptionCatalogue;
  readonly settings: OrganisationSettings;
  /** What counts as now; an import's is the moment it was accepted, so that a retry decides the same. */
  readonly nowMs: number;
  readonly names: FieldNames;
}

export interface OptionChoice {
  readonly value: string;
  /** As typed. */
  readonly label: string;
  readonly isNew: boolean;
}

/** @param count of those asked for, unreadable ones included; `text`: how they were written */
export function checkSeats(
  { count, text }: { count: number; text: string },
  { settings }: CheckContext,
  errors: RowError[],
): void {
  if (count <= settings.enrolmentLimit) return;
  errors.push(rowError('SEATS_FULL', 'mentees', text, settings.enrolmentLimit));
}

/** Whether somebody is invited where somebody has to be. @param text how the list was written */
export function checkAnyMentee(
  { type, count, text }: { type: SessionType | undefined; count: number; text: string },
  { settings, names }: CheckContext,
  errors: RowError[],
): void {
  if (count > 0) return;
  if (type === 'PRIVATE') errors.push(rowError('MENTEES_REQUIRED', 'mentees', text));
  else if (settings.requiredFields.includes('mentees')) {
    errors.push(rowError('FIELD_REQUIRED', 'mentees', text, names.mentees));
  }
}

/** Whether a meeting has what the organisation wants it to have. @param stored of which what is lacking is left */
export function checkRequiredOfMeeting(
  meeting: Meeting,
  stored: Meeting | undefined,
  { settings, names }: CheckContext,
  errors: RowError[],
): void {
  for (const field of ['link', 'passcode'] as const) {
    if (!PLATFORMS_WITH[field].includes(meeting.platform)) continue;
    const isLeft = stored?.platform === meeting.platform && stored[field] === null;
    if (meeting[field] === null && !isLeft && settings.requiredFields.includes(field)) {
      errors.push(rowError('FIELD_REQUIRED', field, '', names[field]));
    }
  }
}

/**
 * The people whom the references name, each once.
 * @param find who a reference names
 * @param mentor the session's mentor, as far as known; `reference`: as the session or the person names them
 */
export function findMentees<Found extends { readonly id: string }>(
  references: readonly string[],
  find: (reference: string) => Found | undefined,
  mentor: {
    readonly id?: string | undefined;
    readonly reference?: string | undefined;
    readonly email: string;
  },
  { names }: CheckContext,
  errors: RowError[],
): Found[] {
  const people = new Map<string, Found>();
  let unknown = 0;
  let isMentorAmong = false;
  for (const reference of references) {
    const person = find(reference);
    if (reference === mentor.reference || (person !== undefined && person.id === mentor.id)) {
      isMentorAmong = true;
    }
    if (person === undefined) {
      unknown += 1;
      if (unknown <= MOST_ERRORS_OF_A_LIST) errors.push(rowError('USER_NOT_FOUND', 'mentees', reference));
    } else if (people.has(person.id)) {
      // By address and by id; the same reference twice was found when it was read.
      errors.push(rowError('FIELD_INVALID', 'mentees', reference, names.mentees, 'the same mentee twice'));
    } else {
      people.set(person.id, person);
    }
  }
  if (isMentorAmong) errors.push(rowError('MENTOR_IS_MENTEE', 'mentees', mentor.email));
  return [...people.values()];
}

/** How the times were written, or how they would be: a fault names them so. */
export interface TimesText {
  readonly date: string;
  readonly time: string;
  readonly duration: string;
}

export function checkStart(
  startMs: number,
  text: TimesText,
  { nowMs, names }: CheckContext,
  errors: RowError[],
): void {
  if (startMs <= nowMs) errors.push(rowError('START_IN_PAST', 'date', text.date));
  if (startMs % MINUTE_MS !== 0) {
    errors.push(rowError('FIELD_INVALID', 'time', text.time, names.time, 'a whole minute'));
  }
}

/** RFC 3339 has no years past 9999. */
const LAST_MOMENT_MS = Date.UTC(9999, 11, 31, 23, 59);

/** @param endMs or the start, where the end is not known */
export function checkEnd(endMs: number, text: TimesText, { names }: CheckContext, errors: RowError[]): void {
  if (endMs <= LAST_MOMENT_MS) return;
  errors.push(rowError('FIELD_INVALID', 'date', text.date, names.date, 'an end before the year 10000'));
}

export function checkDuration(
  minutes: number,
  text: TimesText,
  { settings, names }: CheckContext,
  errors: RowError[],
): void {
  if (minutes < settings.minDurationMinutes) {
    errors.push(rowError('DURATION_TOO_SHORT', 'duration', text.duration, settings.minDurationMinutes));
  } else if (minutes > settings.maxDurationMinutes) {
    errors.push(rowError('DURATION_TOO_LONG', 'duration', text.duration, settings.maxDurationMinutes));
  } else if (!Number.isInteger(minutes)) {
    errors.push(rowError('FIELD_INVALID', 'duration', text.duration, names.duration, 'whole minutes'));
  }
}

/** @param stored values that the session has already: they count as known even where the organisation dropped them */
export function matchOptions(
  field: OptionField,
  labels: readonly string[],
  stored: readonly string[],
  { options, settings, names }: CheckContext,
  errors: RowError[],
): OptionChoice[] {
  const chosen: OptionChoice[] = [];
  for (const label of labels) {
    const value = options.find(field, label) ?? optionValue(label);
    const isOffered = options.find(field, label) !== undefined && !options.isRetired(field, value);
    const isKnown = isOffered || stored.includes(value);
    if (!isKnown && settings.newOptions === 'reject') {
      errors.push(rowError('OPTION_UNKNOWN', field, label, names[field]));
      continue;
    }
    // A label and the value made of it are one option.
    if (chosen.every((choice) => choice.value !== value)) {
      chosen.push({ value, label, isNew: !isKnown });
    }
  }
  return chosen;
}
