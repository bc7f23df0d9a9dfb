import type { RowErrorCode } from '@mentorline/domain';

/** What a kind of error is called where many rows have it; a row's own text names the value as well. */
const NAMES: Readonly<Record<RowErrorCode, string>> = {
  FIELD_REQUIRED: 'Mandatory field not filled',
  FIELD_INVALID: 'Invalid value',
  FIELD_TOO_LONG: 'Text too long',
  ACTION_INVALID: 'Invalid row action',
  USER_NOT_FOUND: 'User not found',
  NOT_A_MENTOR: 'Not a mentor',
  MENTOR_MULTIPLE: 'More than one mentor',
  MENTOR_IS_MENTEE: 'The mentor is a mentee of the session',
  MENTEES_REQUIRED: 'A private session without mentees',
  SEATS_FULL: 'Session seats full',
  START_IN_PAST: 'The session would start in the past',
  DURATION_TOO_SHORT: 'The session is too short',
  DURATION_TOO_LONG: 'The session is too long',
  MENTOR_SLOT_TAKEN: 'The mentor already has a session then',
  SESSION_NOT_FOUND: 'Session not found',
  SESSION_LOCKED: 'The session is live or completed',
  IMMUTABLE_FIELD: 'A field that cannot be edited',
  MEETING_LINK_INVALID: 'Invalid meeting link',
  MEETING_LINK_NOT_ALLOWED: 'Link should be empty for BigBlueButton',
  MEETING_PLATFORM_MISSING: 'Meeting platform is not filled',
  MEETING_PLATFORM_INVALID: 'Invalid meeting platform',
  OPTION_UNKNOWN: 'Unknown option',
  CUSTOM_FIELD_INVALID: 'Invalid value',
  INTERNAL_ERROR: 'Something went wrong on our side',
};

const names: ReadonlyMap<string, string> = new Map(Object.entries(NAMES));

/** A code of a newer release stands for itself. */
export function problemName(code: string): string {
  return names.get(code) ?? code;
}
