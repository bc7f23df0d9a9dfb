import type { FieldNames, PartialDraft } from './draft.ts';
import { MOST_ERRORS_OF_A_LIST, type RowError, rowError } from './messages.ts';
import { optionValue } from './option.ts';
import {
  type Directory,
  OPTION_FIELDS,
  type OptionCatalogue,
  type OptionField,
  type Person,
} from './session.ts';
import type { OrganisationSettings } from './settings.ts';
import type { Slot } from './slots.ts';
import { formatDate, formatTime } from './wall-time.ts';
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

export interface CheckedSession {
  /** In no particular order; `inColumnOrder` sorts them among others. */
  readonly errors: RowError[];
  /** A known user who is a mentor. */
  readonly mentor: Person | undefined;
  readonly mentees: readonly Person[];
  /** Only where the mentor is known and the times are fine: then the mentor's calendar can be asked. */
  readonly slot: Slot | undefined;
  readonly options: Readonly<Record<OptionField, readonly OptionChoice[]>>;
}

/** The rules that need the directory, the options and the settings; fields that could not be read are skipped. */
export function checkSession(draft: PartialDraft, context: CheckContext): CheckedSession {
  const errors: RowError[] = [];
  const mentor = findMentor(draft, context, errors);
  const mentees = findMentees(draft, mentor, context, errors);
  const slot = checkTimes(draft, context, errors);
  const isMentor = mentor?.roles.includes('mentor') ?? false;
  return {
    errors,
    mentor: isMentor ? mentor : undefined,
    mentees,
    slot: isMentor ? slot : undefined,
    options: {
      recommendedFor: matchOptions('recommendedFor', draft, context, errors),
      categories: matchOptions('categories', draft, context, errors),
      medium: matchOptions('medium', draft, context, errors),
    },
  };
}

function findMentor(
  draft: PartialDraft,
  { directory }: CheckContext,
  errors: RowError[],
): Person | undefined {
  if (draft.mentor === undefined) return undefined;
  const person = directory.find(draft.mentor);
  if (person === undefined) errors.push(rowError('USER_NOT_FOUND', 'mentor', draft.mentor));
  else if (!person.roles.includes('mentor')) errors.push(rowError('NOT_A_MENTOR', 'mentor', person.email));
  return person;
}

function findMentees(
  draft: PartialDraft,
  mentor: Person | undefined,
  { directory, settings, names }: CheckContext,
  errors: RowError[],
): Person[] {
  const count = draft.written?.menteeCount ?? draft.mentees?.length ?? 0;
  if (count > settings.enrolmentLimit) {
    const text = draft.written?.mentees ?? draft.mentees?.join(', ') ?? '';
    errors.push(rowError('SEATS_FULL', 'mentees', text, settings.enrolmentLimit));
  }
  if (draft.mentees === undefined) return [];
  if (draft.type === 'PRIVATE' && draft.mentees.length === 0) {
    errors.push(rowError('MENTEES_REQUIRED', 'mentees', ''));
  }
  const people = new Map<string, Person>();
  let unknown = 0;
  let isMentorAmong = false;
  for (const reference of draft.mentees) {
    const person = directory.find(reference);
    if (reference === draft.mentor || (person !== undefined && person.id === mentor?.id))
      isMentorAmong = true;
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
  if (isMentorAmong)
    errors.push(rowError('MENTOR_IS_MENTEE', 'mentees', mentor?.email ?? draft.mentor ?? ''));
  return [...people.values()];
}

/** RFC 3339 has no years past 9999. */
const LAST_MOMENT_MS = Date.UTC(9999, 11, 31, 23, 59);

/** The slot, `undefined` if the times are unknown or against a rule. */
function checkTimes(
  draft: PartialDraft,
  { settings, nowMs, names }: CheckContext,
  errors: RowError[],
): Slot | undefined {
  const { startMs, endMs, written } = draft;
  const found = errors.length;
  if (startMs !== undefined) {
    if (startMs <= nowMs) errors.push(rowError('START_IN_PAST', 'date', written?.date ?? timeText(draft)));
    if ((endMs ?? startMs) > LAST_MOMENT_MS) {
      const text = written?.date ?? timeText(draft);
      errors.push(rowError('FIELD_INVALID', 'date', text, names.date, 'an end before the year 10000'));
    }
    if (startMs % MINUTE_MS !== 0) {
      errors.push(rowError('FIELD_INVALID', 'time', timeText(draft), names.time, 'a whole minute'));
    }
  }
  const minutes =
    startMs === undefined || endMs === undefined ? written?.durationMinutes : (endMs - startMs) / MINUTE_MS;
  if (minutes !== undefined) {
    const text = written?.duration ?? String(minutes);
    if (minutes < settings.minDurationMinutes) {
      errors.push(rowError('DURATION_TOO_SHORT', 'duration', text, settings.minDurationMinutes));
    } else if (minutes > settings.maxDurationMinutes) {
      errors.push(rowError('DURATION_TOO_LONG', 'duration', text, settings.maxDurationMinutes));
    } else if (!Number.isInteger(minutes)) {
      errors.push(rowError('FIELD_INVALID', 'duration', text, names.duration, 'whole minutes'));
    }
  }
  if (errors.length > found || startMs === undefined || endMs === undefined) return undefined;
  return { startMs, endMs };
}

/** The start as the person wrote it, otherwise as a clock in the draft's zone shows it. */
export function timeText(draft: PartialDraft): string {
  if (draft.written !== undefined) return draft.written.time;
  if (draft.startMs === undefined) return '';
  const zone = draft.timeZone ?? 'UTC';
  return `${formatDate(draft.startMs, zone)} ${formatTime(draft.startMs, zone)}`;
}

function matchOptions(
  field: OptionField,
  draft: PartialDraft,
  { options, settings, names }: CheckContext,
  errors: RowError[],
): OptionChoice[] {
  const chosen: OptionChoice[] = [];
  for (const label of draft[field] ?? []) {
    const known = options.find(field, label);
    if (known === undefined && settings.newOptions === 'reject') {
      errors.push(rowError('OPTION_UNKNOWN', field, label, names[field]));
      continue;
    }
    const value = known ?? optionValue(label);
    // A label and the value made of it are one option.
    if (chosen.every((choice) => choice.value !== value)) {
      chosen.push({ value, label, isNew: known === undefined });
    }
  }
  return chosen;
}

/** The options nobody has used before. */
export function newOptionsOf(
  options: CheckedSession['options'],
): { field: OptionField; value: string; label: string }[] {
  return OPTION_FIELDS.flatMap((field) =>
    options[field].filter(({ isNew }) => isNew).map(({ value, label }) => ({ field, value, label })),
  );
}
