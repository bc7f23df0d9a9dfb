export {
  type CheckContext,
  type CheckedSession,
  checkSession,
  type OptionChoice,
} from './check-session.ts';
export { columnKey, SESSION_COLUMNS, type SessionColumn } from './columns.ts';
export { type DecideContext, type Decision, decideSession, type SlotConflict } from './decide-session.ts';
export {
  CSV_FIELD_NAMES,
  type CustomValue,
  type DraftField,
  EMPTY_DRAFT,
  type FieldNames,
  type NamedField,
  type PartialDraft,
  type SessionDraft,
  type Written,
} from './draft.ts';
export { meetingToCome, readMeeting } from './meeting.ts';
export {
  inColumnOrder,
  ROW_ERROR_CODES,
  type RowError,
  type RowErrorCode,
  rowError,
  SET_MEETING_LATER,
} from './messages.ts';
export { optionKey, optionValue, splitValues } from './option.ts';
export { readCustom } from './read-custom.ts';
export {
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
export { type ReadRow, type RowAction, type RowCells, readRow } from './read-row.ts';
export {
  type Directory,
  MEETING_PLATFORMS,
  type Meeting,
  type MeetingPlatform,
  type NewSession,
  OPTION_FIELDS,
  type OptionCatalogue,
  type OptionField,
  type Person,
  ROLES,
  type Role,
  SESSION_STATUSES,
  SESSION_TYPES,
  type SessionStatus,
  type SessionType,
  statusAt,
} from './session.ts';
export {
  type CustomField,
  DEFAULT_SETTINGS,
  LONGEST_SESSION_MINUTES,
  type OrganisationSettings,
} from './settings.ts';
export {
  type BookedSlot,
  Calendar,
  calendarWindow,
  type Slot,
  type SlotHolder,
  slotsConflict,
} from './slots.ts';
export {
  canMove,
  IMPORT_MOVES,
  IMPORT_STATUSES,
  type ImportStatus,
  MAIL_MOVES,
  MAIL_STATES,
  type MailState,
  type Moves,
  ROW_STATUSES,
  type RowStatus,
  sourcesOf,
  TERMINAL_IMPORT_STATUSES,
  TERMINAL_MAIL_STATES,
} from './states.ts';
export { isEmail, trimmed } from './text.ts';
export { formatDate, formatTime, localDay, readDate, readTime, wallToUtc } from './wall-time.ts';
export { readZone, zoneLabel } from './zone.ts';
