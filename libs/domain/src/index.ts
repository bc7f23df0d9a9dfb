export { changeLock } from './change-lock.ts';
export { type CheckedChange, checkChange } from './check-change.ts';
export { type CheckedSession, checkSession } from './check-session.ts';
export { columnKey, SESSION_COLUMNS, type SessionColumn } from './columns.ts';
export {
  type ChangeDecision,
  type DeletionDecision,
  decideChange,
  decideDeletion,
  decideRepeatedCreate,
} from './decide-change.ts';
export { decideJoining, decideLeaving, type EnrolmentDecision } from './decide-enrolment.ts';
export { type DecideContext, type Decision, decideSession } from './decide-session.ts';
export {
  administers,
  type DecideUserContext,
  decideUser,
  type UserAccount,
  type UserDecision,
} from './decide-user.ts';
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
export { freeTimes } from './free-times.ts';
export { LONGEST_LINK, LONGEST_PASSCODE, meetingToCome, platformHosts, readMeeting } from './meeting.ts';
export {
  inColumnOrder,
  MOST_ERRORS_OF_A_LIST,
  ROW_ERROR_CODES,
  type RowError,
  type RowErrorCode,
  rowError,
  SET_MEETING_LATER,
} from './messages.ts';
export { optionKey, optionValue, splitValues } from './option.ts';
export { LONGEST_CUSTOM_TEXT, readCustom } from './read-custom.ts';
export {
  LONGEST_DESCRIPTION,
  LONGEST_OPTION,
  LONGEST_TITLE,
  MOST_OPTIONS,
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
export { type ReadUserRow, readUserRow, type UserDraft } from './read-user-row.ts';
export { nextReminderMs, reminderAt } from './reminders.ts';
export { foldText, searchWords } from './search-words.ts';
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
  PLATFORM_NAMES,
  ROLES,
  ROLES_GIVEN,
  type Role,
  SESSION_STATUSES,
  SESSION_TYPES,
  type SessionStatus,
  type SessionType,
  statusAt,
} from './session.ts';
export type {
  CurrentMentee,
  CurrentSession,
  MeetingChange,
  SessionChange,
} from './session-change.ts';
export {
  type Concerned,
  differingFacts,
  type FactName,
  SESSION_NEWS,
  type SessionFacts,
  type SessionNews,
  sessionNews,
} from './session-news.ts';
export type { CheckContext, OptionChoice } from './session-rules.ts';
export {
  CUSTOM_FIELD_TYPES,
  type CustomField,
  checkSettings,
  DEFAULT_SETTINGS,
  LONGEST_SESSION_MINUTES,
  type OrganisationSettings,
  PLATFORMS_WITH,
  REQUIRABLE_FIELDS,
  type RequirableField,
  SETTING_BOUNDS,
} from './settings.ts';
export type { SlotConflict } from './slot-conflict.ts';
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
  UNFINISHED_IMPORT_STATUSES,
  WAITING_MAIL_STATES,
} from './states.ts';
export { isEmail, trimmed } from './text.ts';
export { USER_COLUMNS, type UserColumn } from './user-columns.ts';
export { formatDate, formatTime, localDay, readDate, readTime, wallToUtc } from './wall-time.ts';
export { readZone, zoneLabel } from './zone.ts';
