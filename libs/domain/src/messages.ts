import { SESSION_COLUMNS } from './columns.ts';
import type { DraftField } from './draft.ts';
import { USER_COLUMNS } from './user-columns.ts';

/** What a published session whose link is still missing says in its row's message. */
export const SET_MEETING_LATER = 'Set meeting later';

export interface SlotTakenDetails {
  readonly mentor: string;
  readonly start: string;
  readonly end: string;
  readonly zone: string;
  readonly date: string;
  readonly holder: string;
  /** `undefined`: none that day. */
  readonly nextFree: string | undefined;
}

/** Every text a row can be refused with; `value` is the offending cell, shortened. */
const TEXTS = {
  FIELD_REQUIRED: (_value: string, column: string) => `Mandatory field ${column} not filled`,
  FIELD_INVALID: (value: string, column: string, expected: string) =>
    `Invalid ${column}: ${value} (${expected})`,
  FIELD_TOO_LONG: (_value: string, column: string, limit: number) =>
    `${column} is longer than ${limit} characters`,
  ACTION_INVALID: (
    _value: string,
    why: 'unknown action' | 'Create with an id' | 'Edit without an id' | 'Delete without an id',
  ) => `Invalid row action (${why})`,
  USER_NOT_FOUND: (value: string) => `User not found: ${value}`,
  NOT_A_MENTOR: (value: string) => `${value} is not a mentor`,
  MENTOR_MULTIPLE: (_value: string) => 'Only one mentor e-mail is allowed',
  MENTOR_IS_MENTEE: (_value: string) => 'The mentor cannot be a mentee of the session',
  MENTEES_REQUIRED: (_value: string) => 'A private session needs at least one mentee',
  SEATS_FULL: (_value: string, limit: number) => `Session seats full: only ${limit} mentees are allowed`,
  START_IN_PAST: (_value: string) => 'The session would start in the past',
  DURATION_TOO_SHORT: (_value: string, minutes: number) =>
    `The session must last at least ${minutes} minutes`,
  DURATION_TOO_LONG: (_value: string, minutes: number) => `The session must last at most ${minutes} minutes`,
  MENTOR_SLOT_TAKEN: (_value: string, taken: SlotTakenDetails) =>
    `${taken.mentor} already has a session from ${taken.start} to ${taken.end} ${taken.zone} on ${taken.date} ` +
    `(${taken.holder}); next free time: ${taken.nextFree ?? 'none that day'}`,
  SESSION_NOT_FOUND: (_value: string) => 'Session not found',
  SESSION_LOCKED: (
    _value: string,
    status: 'live' | 'completed' | 'cancelled',
    change: 'edited' | 'deleted' | 'joined' | 'left',
  ) => `A ${status} session cannot be ${change}`,
  IMMUTABLE_FIELD: (_value: string, field: 'mentor' | 'type') => `Cannot edit ${field}`,
  MEETING_LINK_INVALID: (_value: string, platform: string) => `Invalid meeting link for ${platform}`,
  MEETING_LINK_NOT_ALLOWED: (_value: string) => 'Link should be empty for BigBlueButton',
  MEETING_PLATFORM_MISSING: (_value: string) => 'Meeting platform is not filled',
  MEETING_PLATFORM_INVALID: (value: string) => `Invalid meeting platform: ${value}`,
  OPTION_UNKNOWN: (value: string, column: string) => `Unknown ${column}: ${value}`,
  CUSTOM_FIELD_INVALID: (value: string, label: string) => `Invalid ${label}: ${value}`,
  EMAIL_TAKEN: (value: string) =>
    `This e-mail address belongs to an account that this organisation cannot change: ${value}`,
  OWN_ROLE_NEEDED: (_value: string) => 'You cannot take the role org_admin from yourself',
  LAST_ADMIN: (_value: string) =>
    'This is the last active administrator of the organisation; give somebody else the role org_admin first',
  INTERNAL_ERROR: (_value: string) =>
    'Something went wrong on our side with this row; please upload it again',
} as const;

export type RowErrorCode = keyof typeof TEXTS;

type Details = {
  [Code in RowErrorCode]: (typeof TEXTS)[Code] extends (value: string, ...details: infer Rest) => string
    ? Rest
    : never;
};
const texts: { readonly [Code in RowErrorCode]: (value: string, ...details: Details[Code]) => string } =
  TEXTS;

export const ROW_ERROR_CODES = Object.keys(TEXTS) as RowErrorCode[];

/** One fault of one row, told to the person who filled the sheet. */
export interface RowError {
  readonly code: RowErrorCode;
  readonly field: DraftField;
  /** The offending cell text, at most 200 characters. */
  readonly value: string;
  readonly message: string;
}

/**
 * @param value the offending text, of any length
 * @param details what the code's text needs beside it
 */
export function rowError<Code extends RowErrorCode>(
  code: Code,
  field: DraftField,
  value: string,
  ...details: Details[Code]
): RowError {
  const shown = shorten(value);
  return { code, field, value: shown, message: texts[code](shown.replace(/\p{Cc}+/gu, ' '), ...details) };
}

const LONGEST_VALUE = 200;

function shorten(text: string): string {
  if (text.length <= LONGEST_VALUE) return text;
  return `${text.slice(0, LONGEST_VALUE - 1).replace(/\p{Cs}$/u, '')}…`;
}

/**
 * One list can hold thousands of faulty values; the first twenty are named. Without a bound a single
 * record could make a result larger than a document may be.
 */
export const MOST_ERRORS_OF_A_LIST = 20;

/** Surplus cells first (they shift all others); custom fields last, as they were found. */
const FIELD_ORDER: ReadonlyMap<DraftField, number> = new Map<DraftField, number>([
  ['row', -1],
  ...SESSION_COLUMNS.map(({ key }, index): [DraftField, number] => [key, index]),
  ...USER_COLUMNS.map(({ key }, index): [DraftField, number] => [key, index]),
  ['meetingId', SESSION_COLUMNS.findIndex(({ key }) => key === 'link') + 0.5],
]);

/** A row's errors in the order of its sample file's columns; within one column as found. */
export function inColumnOrder(errors: readonly RowError[]): RowError[] {
  return errors.toSorted((a, b) => place(a) - place(b));
}

function place(error: RowError): number {
  return FIELD_ORDER.get(error.field) ?? SESSION_COLUMNS.length;
}
