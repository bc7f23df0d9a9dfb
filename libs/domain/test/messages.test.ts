import t from 'tap';
import {
  inColumnOrder,
  ROW_ERROR_CODES,
  type RowError,
  type RowErrorCode,
  rowError,
} from '../src/messages.ts';

const taken = {
  mentor: 'Asha Rao',
  start: '15:00',
  end: '16:00',
  zone: 'IST',
  date: '14-06-2027',
  holder: 'row 1 of this file',
};

const TABLE: readonly [RowErrorCode, RowError, string][] = [
  ['FIELD_REQUIRED', rowError('FIELD_REQUIRED', 'title', '', 'title'), 'Mandatory field title not filled'],
  [
    'FIELD_INVALID',
    rowError('FIELD_INVALID', 'type', 'Open', 'type', 'Public or Private'),
    'Invalid type: Open (Public or Private)',
  ],
  [
    'FIELD_TOO_LONG',
    rowError('FIELD_TOO_LONG', 'title', 'x', 'title', 255),
    'title is longer than 255 characters',
  ],
  [
    'ACTION_INVALID',
    rowError('ACTION_INVALID', 'action', 'x', 'unknown action'),
    'Invalid row action (unknown action)',
  ],
  ['USER_NOT_FOUND', rowError('USER_NOT_FOUND', 'mentor', 'a@b.org'), 'User not found: a@b.org'],
  ['NOT_A_MENTOR', rowError('NOT_A_MENTOR', 'mentor', 'a@b.org'), 'a@b.org is not a mentor'],
  ['MENTOR_MULTIPLE', rowError('MENTOR_MULTIPLE', 'mentor', 'x'), 'Only one mentor e-mail is allowed'],
  [
    'MENTOR_IS_MENTEE',
    rowError('MENTOR_IS_MENTEE', 'mentees', 'x'),
    'The mentor cannot be a mentee of the session',
  ],
  [
    'MENTEES_REQUIRED',
    rowError('MENTEES_REQUIRED', 'mentees', ''),
    'A private session needs at least one mentee',
  ],
  ['SEATS_FULL', rowError('SEATS_FULL', 'mentees', 'x', 5), 'Session seats full: only 5 mentees are allowed'],
  ['START_IN_PAST', rowError('START_IN_PAST', 'date', 'x'), 'The session would start in the past'],
  [
    'DURATION_TOO_SHORT',
    rowError('DURATION_TOO_SHORT', 'duration', '29', 30),
    'The session must last at least 30 minutes',
  ],
  [
    'DURATION_TOO_LONG',
    rowError('DURATION_TOO_LONG', 'duration', '1441', 1440),
    'The session must last at most 1440 minutes',
  ],
  [
    'MENTOR_SLOT_TAKEN',
    rowError('MENTOR_SLOT_TAKEN', 'time', '15:00', { ...taken, nextFree: '14-06-2027 16:01' }),
    'Asha Rao already has a session from 15:00 to 16:00 IST on 14-06-2027 (row 1 of this file); next free time: 14-06-2027 16:01',
  ],
  [
    'MENTOR_SLOT_TAKEN',
    rowError('MENTOR_SLOT_TAKEN', 'time', '15:00', { ...taken, nextFree: undefined }),
    'Asha Rao already has a session from 15:00 to 16:00 IST on 14-06-2027 (row 1 of this file); next free time: none that day',
  ],
  ['SESSION_NOT_FOUND', rowError('SESSION_NOT_FOUND', 'id', 'x'), 'Session not found'],
  [
    'SESSION_LOCKED',
    rowError('SESSION_LOCKED', 'id', 'x', 'live', 'edited'),
    'A live session cannot be edited',
  ],
  [
    'SESSION_LOCKED',
    rowError('SESSION_LOCKED', 'id', 'x', 'completed', 'deleted'),
    'A completed session cannot be deleted',
  ],
  ['IMMUTABLE_FIELD', rowError('IMMUTABLE_FIELD', 'mentor', 'x', 'mentor'), 'Cannot edit mentor'],
  [
    'MEETING_LINK_INVALID',
    rowError('MEETING_LINK_INVALID', 'link', 'x', 'Zoom'),
    'Invalid meeting link for Zoom',
  ],
  [
    'MEETING_LINK_NOT_ALLOWED',
    rowError('MEETING_LINK_NOT_ALLOWED', 'link', 'x'),
    'Link should be empty for BigBlueButton',
  ],
  [
    'MEETING_PLATFORM_MISSING',
    rowError('MEETING_PLATFORM_MISSING', 'platform', ''),
    'Meeting platform is not filled',
  ],
  [
    'MEETING_PLATFORM_INVALID',
    rowError('MEETING_PLATFORM_INVALID', 'platform', 'Skype'),
    'Invalid meeting platform: Skype',
  ],
  [
    'OPTION_UNKNOWN',
    rowError('OPTION_UNKNOWN', 'categories', 'Cooking', 'categories'),
    'Unknown categories: Cooking',
  ],
  [
    'CUSTOM_FIELD_INVALID',
    rowError('CUSTOM_FIELD_INVALID', 'custom.grade', 'x', 'Grade'),
    'Invalid Grade: x',
  ],
  [
    'EMAIL_TAKEN',
    rowError('EMAIL_TAKEN', 'email', 'a@b.org'),
    'This e-mail address belongs to an account that this organisation cannot change: a@b.org',
  ],
  [
    'OWN_ROLE_NEEDED',
    rowError('OWN_ROLE_NEEDED', 'roles', 'mentor'),
    'You cannot take the role org_admin from yourself',
  ],
  [
    'LAST_ADMIN',
    rowError('LAST_ADMIN', 'roles', 'mentor'),
    'This is the last active administrator of the organisation; give somebody else the role org_admin first',
  ],
  [
    'INTERNAL_ERROR',
    rowError('INTERNAL_ERROR', 'row', ''),
    'Something went wrong on our side with this row; please upload it again',
  ],
];

t.test('every code has its text', async (t) => {
  for (const [code, error, message] of TABLE) {
    t.equal(error.code, code);
    t.equal(error.message, message);
  }
  t.same(new Set(TABLE.map(([code]) => code)), new Set(ROW_ERROR_CODES), 'no code is missing here');
});

t.test('a long value is cut at 200 characters without splitting one', async (t) => {
  const error = rowError('USER_NOT_FOUND', 'mentor', `${'a'.repeat(198)}😀tail`);
  t.equal(error.value, `${'a'.repeat(198)}…`);
  t.equal(error.message, `User not found: ${error.value}`);
  t.equal(rowError('USER_NOT_FOUND', 'mentor', 'b'.repeat(200)).value, 'b'.repeat(200));
});

t.test('a message stays on one line whatever the cell holds', async (t) => {
  const error = rowError('USER_NOT_FOUND', 'mentor', 'a\r\nb\u0007');
  t.equal(error.value, 'a\r\nb\u0007');
  t.equal(error.message, 'User not found: a b ');
});

t.test('errors are put in column order, those of one column as they were found', async (t) => {
  const errors = (['custom.a', 'passcode', 'mentees', 'link', 'meetingId', 'row', 'action'] as const).map(
    (field) => rowError('INTERNAL_ERROR', field, ''),
  );
  t.same(
    inColumnOrder(errors).map(({ field }) => field),
    ['row', 'action', 'mentees', 'link', 'meetingId', 'passcode', 'custom.a'],
  );
  const ofUser = (['designation', 'roles', 'email', 'name', 'row'] as const).map((field) =>
    rowError('INTERNAL_ERROR', field, ''),
  );
  t.same(inColumnOrder(ofUser), ofUser.toReversed());
  const two = ['1', '2'].map((value) => rowError('USER_NOT_FOUND', 'mentees', value));
  t.same(inColumnOrder(two), two);
});
