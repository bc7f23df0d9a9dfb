import { slotTaken } from './calendar.ts';
import {
  checkText,
  list,
  OPTION_COLUMNS,
  readCustom,
  readMentees,
  readMentor,
  readOptions,
} from './fields.ts';
import { readMeeting } from './meeting.ts';
import { readTimes } from './times.ts';
import type { OracleResult, OracleSession, OracleWorld } from './world.ts';

/** What a row comes to: the result, and the session as it stands afterwards where the row has made or changed one. */
export interface Outcome {
  result: OracleResult;
  session?: OracleSession;
}

export function invalid(codes: string[], slotMessage?: string): Outcome {
  if (slotMessage === undefined) return { result: { status: 'Invalid', codes } };
  return { result: { status: 'Invalid', codes: [...codes, 'MENTOR_SLOT_TAKEN'], slotMessage } };
}

/** @param codes what is wrong with the row's action and id */
export function createSession(
  cell: (column: string) => string,
  row: number,
  world: OracleWorld,
  sessionsOf: (mentor: string) => readonly OracleSession[],
  codes: string[],
): Outcome {
  const required = (column: string, read: (text: string) => void): void => {
    if (cell(column) === '') codes.push('FIELD_REQUIRED');
    else read(cell(column));
  };
  required('title', (text) => checkText(text, 255, codes));
  required('description', (text) => checkText(text, 5000, codes));
  const type = cell('type').toUpperCase();
  required('type', () => {
    if (type !== 'PUBLIC' && type !== 'PRIVATE') codes.push('FIELD_INVALID');
  });
  let mentor: string | undefined;
  required('Mentor', (text) => {
    mentor = readMentor(text, world, codes);
  });
  const mentees = readMentees(cell('Mentees'), { mentor, type }, world, codes);
  const times = { date: cell('Date'), zone: cell('Zone'), time: cell('Time'), duration: cell('Duration') };
  const { zone, start, end } = readTimes(times, world, codes);
  const options = Object.fromEntries(
    OPTION_COLUMNS.map(([field, column]) => [field, readOptions(field, cell(column), world, codes)]),
  ) as OracleSession['options'];
  const meeting = readMeeting(
    { platform: cell('Platform'), link: cell('Link'), passcode: cell('Passcode') },
    codes,
  );
  const custom: OracleSession['custom'] = {};
  for (const field of world.customFields ?? []) {
    const value = readCustom(field, cell(field.label), codes);
    if (value !== undefined) custom[field.name] = value;
  }
  if (list(cell('surplus')).length > 0) codes.push('FIELD_INVALID');

  const isMentor = mentor !== undefined && world.people.get(mentor)?.mentor;
  const slotMessage =
    isMentor && start !== undefined ? slotTaken(mentor!, start, end!, sessionsOf(mentor!), world) : undefined;
  if (codes.length > 0 || slotMessage !== undefined) return invalid(codes, slotMessage);
  const session: OracleSession = {
    ...{ id: '', row, foreign: false, cancelled: false },
    ...{ title: cell('title'), description: cell('description'), type, mentor: mentor! },
    mentees: mentees.map((email) => ({ email, enrolment: 'invited' })),
    ...{ start: start!, end: end!, zone: zone!, options, meeting, custom },
  };
  return { result: { status: 'Published', codes }, session };
}
