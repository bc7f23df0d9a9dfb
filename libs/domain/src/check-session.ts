import type { PartialDraft } from './draft.ts';
import { type RowError, rowError } from './messages.ts';
import { OPTION_FIELDS, type OptionField, type Person } from './session.ts';
import {
  type CheckContext,
  checkAnyMentee,
  checkDuration,
  checkEnd,
  checkRequiredOfMeeting,
  checkSeats,
  checkStart,
  findMentees,
  matchOptions,
  type OptionChoice,
} from './session-rules.ts';
import type { Slot } from './slots.ts';
import { formatDate, formatTime } from './wall-time.ts';
import { MINUTE_MS } from './zone.ts';

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
  const mentees = checkMentees(draft, mentor, context, errors);
  const slot = checkTimes(draft, context, errors);
  if (draft.meeting) checkRequiredOfMeeting(draft.meeting, undefined, context, errors);
  const isMentor = mentor?.roles.includes('mentor') ?? false;
  const match = (field: OptionField) => matchOptions(field, draft[field] ?? [], [], context, errors);
  return {
    errors,
    mentor: isMentor ? mentor : undefined,
    mentees,
    slot: isMentor ? slot : undefined,
    options: {
      recommendedFor: match('recommendedFor'),
      categories: match('categories'),
      medium: match('medium'),
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

function checkMentees(
  draft: PartialDraft,
  mentor: Person | undefined,
  context: CheckContext,
  errors: RowError[],
): Person[] {
  const count = draft.written?.menteeCount ?? draft.mentees?.length ?? 0;
  const text = draft.written?.mentees ?? draft.mentees?.join(', ') ?? '';
  checkSeats({ count, text }, context, errors);
  if (draft.mentees === undefined) return [];
  checkAnyMentee({ type: draft.type, count: draft.mentees.length, text: '' }, context, errors);
  return findMentees(
    draft.mentees,
    (reference) => context.directory.find(reference),
    { id: mentor?.id, reference: draft.mentor, email: mentor?.email ?? draft.mentor ?? '' },
    context,
    errors,
  );
}

/** The slot, `undefined` if the times are unknown or against a rule. */
function checkTimes(draft: PartialDraft, context: CheckContext, errors: RowError[]): Slot | undefined {
  const { startMs, endMs, written } = draft;
  const found = errors.length;
  const minutes =
    startMs === undefined || endMs === undefined ? written?.durationMinutes : (endMs - startMs) / MINUTE_MS;
  const text = {
    date: written?.date ?? timeText(draft),
    time: timeText(draft),
    duration: written?.duration ?? String(minutes),
  };
  if (startMs !== undefined) {
    checkStart(startMs, text, context, errors);
    checkEnd(endMs ?? startMs, text, context, errors);
  }
  if (minutes !== undefined) checkDuration(minutes, text, context, errors);
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

/** The options nobody has used before. */
export function newOptionsOf(
  options: CheckedSession['options'],
): { field: OptionField; value: string; label: string }[] {
  return OPTION_FIELDS.flatMap((field) =>
    options[field].filter(({ isNew }) => isNew).map(({ value, label }) => ({ field, value, label })),
  );
}
