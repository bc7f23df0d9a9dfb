import { SESSION_COLUMNS, type SessionColumn } from './columns.ts';
import type { Meeting, SessionType } from './session.ts';
import { USER_COLUMNS, type UserColumn } from './user-columns.ts';

/** A session as someone asked for it: read, but not yet held against the directory and the settings. */
export interface SessionDraft {
  readonly title: string;
  readonly description: string;
  readonly type: SessionType;
  /** Lower-case e-mail address, or user id. */
  readonly mentor: string;
  /** References like the mentor's, each once. */
  readonly mentees: readonly string[];
  /** UTC, whole minutes. */
  readonly startMs: number;
  readonly endMs: number;
  /** IANA name; the zone the times were given in. */
  readonly timeZone: string;
  /** Labels or values as typed, each once by option key. */
  readonly recommendedFor: readonly string[];
  readonly categories: readonly string[];
  readonly medium: readonly string[];
  readonly meeting: Meeting;
  readonly custom: Readonly<Record<string, CustomValue>>;
}

export type CustomValue = string | number | boolean;

/** What stood in the cells, where a later rule or message needs it beside what was read. */
export interface Written {
  readonly date: string;
  readonly time: string;
  readonly duration: string;
  readonly mentees: string;
  /** Known even where the start could not be read. */
  readonly durationMinutes: number | undefined;
  /** Distinct addresses, those that could not be read included. */
  readonly menteeCount: number;
}

/** `undefined`: could not be read, and an error tells why. */
export type PartialDraft = { readonly [Key in keyof SessionDraft]: SessionDraft[Key] | undefined } & {
  readonly written?: Written | undefined;
};

/** A draft of which nothing is known. */
export const EMPTY_DRAFT: PartialDraft = {
  title: undefined,
  description: undefined,
  type: undefined,
  mentor: undefined,
  mentees: undefined,
  startMs: undefined,
  endMs: undefined,
  timeZone: undefined,
  recommendedFor: undefined,
  categories: undefined,
  medium: undefined,
  meeting: undefined,
  custom: undefined,
};

const DRAFT_KEYS = Object.keys(EMPTY_DRAFT) as (keyof SessionDraft)[];

/** Whether every field could be read. */
export function isWhole(draft: PartialDraft): draft is SessionDraft {
  return DRAFT_KEYS.every((key) => draft[key] !== undefined);
}

/** `row` stands for the record as a whole; `meetingId` has no column of its own. */
export type NamedField = SessionColumn | 'row' | 'meetingId';
/** The place a fault points at. */
export type DraftField = NamedField | UserColumn | `custom.${string}`;

/** What a field is called where the person filled it in. */
export type FieldNames = Readonly<Record<NamedField, string>>;

/** The same for a CSV, of sessions or of users. */
export const CSV_FIELD_NAMES: FieldNames & Readonly<Record<UserColumn, string>> = {
  ...(Object.fromEntries([...SESSION_COLUMNS, ...USER_COLUMNS].map(({ key, name }) => [key, name])) as Record<
    SessionColumn | UserColumn,
    string
  >),
  row: 'row',
  meetingId: 'Meeting Id',
};
