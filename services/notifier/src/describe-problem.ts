import type { RowErrorCode } from '@mentorline/domain';

/** A kind of error as it is told where many rows have it; a row's own text names the value as well. */
interface ProblemWords {
  readonly name: string;
  readonly remedy: string;
}

const PROBLEMS: Readonly<Record<RowErrorCode, ProblemWords>> = {
  FIELD_REQUIRED: { name: 'Mandatory field not filled', remedy: 'Fill the cell.' },
  FIELD_INVALID: {
    name: 'Invalid value',
    remedy: 'Write the value as the message of the row says.',
  },
  FIELD_TOO_LONG: { name: 'Text too long', remedy: 'Shorten the text.' },
  ACTION_INVALID: {
    name: 'Invalid row action',
    remedy: 'Write Create and leave the id blank, or Edit or Delete with the id of a session.',
  },
  USER_NOT_FOUND: {
    name: 'User not found',
    remedy: 'Check the spelling of the e-mail address, or have an account made for the person.',
  },
  NOT_A_MENTOR: {
    name: 'Not a mentor',
    remedy: 'Name another person, or have an administrator give this one the role mentor.',
  },
  MENTOR_MULTIPLE: { name: 'More than one mentor', remedy: 'Leave one e-mail address in the cell.' },
  MENTOR_IS_MENTEE: {
    name: 'The mentor is a mentee of the session',
    remedy: 'Take the mentor out of the mentees.',
  },
  MENTEES_REQUIRED: {
    name: 'A private session without mentees',
    remedy: 'Name at least one mentee, or make the session public.',
  },
  SEATS_FULL: { name: 'Session seats full', remedy: 'Name fewer mentees.' },
  START_IN_PAST: { name: 'The session would start in the past', remedy: 'Choose a later date or time.' },
  DURATION_TOO_SHORT: { name: 'The session is too short', remedy: 'Choose a longer duration.' },
  DURATION_TOO_LONG: { name: 'The session is too long', remedy: 'Choose a shorter duration.' },
  MENTOR_SLOT_TAKEN: {
    name: 'The mentor already has a session then',
    remedy: 'Choose another time; the message of the row names the next free one.',
  },
  SESSION_NOT_FOUND: {
    name: 'Session not found',
    remedy: 'Copy the id from a report or from the list of sessions; a deleted session has none any more.',
  },
  SESSION_LOCKED: {
    name: 'The session is live or completed',
    remedy: 'Leave the row out. Of a live session only the meeting can still be changed.',
  },
  IMMUTABLE_FIELD: {
    name: 'A field that cannot be edited',
    remedy: 'Leave the cell blank. For another mentor or type delete the session and create a new one.',
  },
  MEETING_LINK_INVALID: {
    name: 'Invalid meeting link',
    remedy: 'Copy the whole link from the platform, beginning with https.',
  },
  MEETING_LINK_NOT_ALLOWED: {
    name: 'Link should be empty for BigBlueButton',
    remedy: 'Clear the link, or name the platform that it belongs to.',
  },
  MEETING_PLATFORM_MISSING: {
    name: 'Meeting platform is not filled',
    remedy: 'Name the platform that the link belongs to, or clear the link.',
  },
  MEETING_PLATFORM_INVALID: {
    name: 'Invalid meeting platform',
    remedy: 'Write BigBlueButton, Google Meet, WhatsApp or Zoom, or leave the cell blank.',
  },
  OPTION_UNKNOWN: {
    name: 'Unknown option',
    remedy: 'Choose an option that your organisation has, or have this one added.',
  },
  CUSTOM_FIELD_INVALID: {
    name: 'Invalid value',
    remedy: 'Write a value that your organisation allows in this column.',
  },
  EMAIL_TAKEN: {
    name: 'The e-mail address belongs to an account that your organisation cannot change',
    remedy: 'Check the spelling, use another address, or leave the row out.',
  },
  OWN_ROLE_NEEDED: {
    name: 'You cannot take the role org_admin from yourself',
    remedy: 'Add org_admin to the roles of your own row, or let another administrator upload it.',
  },
  LAST_ADMIN: {
    name: 'The organisation needs an active administrator',
    remedy: 'Give somebody else the role org_admin in a row before.',
  },
  INTERNAL_ERROR: {
    name: 'Something went wrong on our side',
    remedy: 'Upload the row again as it is.',
  },
};

const problems: ReadonlyMap<string, ProblemWords> = new Map(Object.entries(PROBLEMS));

/** A code of a newer release stands for itself. */
export function describeProblem(code: string): ProblemWords {
  return problems.get(code) ?? { name: code, remedy: 'Do as the message of the row says.' };
}
