import { isDeepStrictEqual } from 'node:util';
import { slotTaken } from './calendar.ts';
import { dateText, MINUTE, timeText } from './clock.ts';
import { invalid, type Outcome } from './create.ts';
import { checkText, list, OPTION_COLUMNS, readCustom, readMentees, readOptions } from './fields.ts';
import { platformOf, readMeeting } from './meeting.ts';
import { readTimes } from './times.ts';
import type { OracleSession, OracleWorld } from './world.ts';

/** What is wrong with a cell by itself, whatever the session it is about. */
const UNREADABLE = new Set([
  'FIELD_INVALID',
  'FIELD_TOO_LONG',
  'FIELD_REQUIRED',
  'MENTOR_MULTIPLE',
  'MEETING_PLATFORM_INVALID',
  'CUSTOM_FIELD_INVALID',
]);

/** A session that no cell is like. */
const NOBODYS: OracleSession = {
  ...{ id: '', foreign: false, cancelled: false, title: '', description: '', type: '', mentor: '' },
  ...{ mentees: [], start: Date.UTC(2099, 0), end: Date.UTC(2099, 0, 1, 1), zone: 'UTC', custom: {} },
  options: { recommendedFor: [], categories: [], medium: [] },
  meeting: { platform: 'BBB', link: null, meetingId: null, passcode: null },
};

export function editMissing(cell: (column: string) => string, world: OracleWorld): Outcome {
  const { codes } = readChange(cell, NOBODYS, world);
  return invalid([...codes.filter((code) => UNREADABLE.has(code)), 'SESSION_NOT_FOUND']);
}

export function editSession(
  cell: (column: string) => string,
  stored: OracleSession,
  world: OracleWorld,
  sessionsOf: (mentor: string) => readonly OracleSession[],
): Outcome {
  const { session, codes, isRetimed } = readChange(cell, stored, world);
  const differs = codes.length > 0 || !isDeepStrictEqual(session, stored);
  if (!differs) return { result: { status: 'Unchanged', codes } };
  const meetingOnly = isDeepStrictEqual({ ...session, meeting: null }, { ...stored, meeting: null });
  const isLive = stored.start <= world.nowMs && world.nowMs <= stored.end;
  if (world.nowMs > stored.end || (isLive && !(meetingOnly && codes.every(isOfMeeting)))) {
    return invalid(['SESSION_LOCKED', ...codes.filter((code) => UNREADABLE.has(code))]);
  }
  const others = sessionsOf(stored.mentor).filter(({ id }) => id !== stored.id);
  const slotMessage = isRetimed
    ? slotTaken(stored.mentor, session.start, session.end, others, world)
    : undefined;
  if (codes.length > 0 || slotMessage !== undefined) return invalid(codes, slotMessage);
  return { result: { status: 'Updated', codes }, session };
}

/** The session with the change in it. Only what differs is looked at; a blank cell leaves things as they are. */
function readChange(
  cell: (column: string) => string,
  stored: OracleSession,
  world: OracleWorld,
): { session: OracleSession; codes: string[]; isRetimed: boolean } {
  const codes: string[] = [];
  const session = structuredClone(stored);
  for (const [column, limit] of [
    ['title', 255],
    ['description', 5000],
  ] as const) {
    if (cell(column) === '' || cell(column) === stored[column]) continue;
    if (cell(column) === '-') codes.push('FIELD_REQUIRED');
    else checkText(cell(column), limit, codes);
    session[column] = cell(column);
  }
  const type = cell('type').toUpperCase();
  if (type !== '' && type !== stored.type) {
    codes.push(type === 'PUBLIC' || type === 'PRIVATE' ? 'IMMUTABLE_FIELD' : 'FIELD_INVALID');
  }
  const mentors = list(cell('Mentor').toLowerCase());
  if (mentors.length > 1) codes.push('MENTOR_MULTIPLE');
  else if (mentors.length === 1 && mentors[0] !== stored.mentor) codes.push('IMMUTABLE_FIELD');
  editMentees(cell('Mentees'), session, world, codes);
  const isRetimed = editTimes(cell, session, world, codes);
  for (const [field, column] of OPTION_COLUMNS) {
    if (cell(column) === '') continue;
    if (cell(column) === '-') {
      codes.push('FIELD_REQUIRED');
      continue;
    }
    const faults: string[] = [];
    const values = readOptions(field, cell(column), world, faults);
    if (same(values, stored.options[field])) continue;
    codes.push(...faults);
    session.options[field] = values;
  }
  editMeeting(cell, session, codes);
  for (const field of world.customFields ?? []) {
    const text = cell(field.label);
    if (text === '') continue;
    const value = readCustom(field, text === '-' ? '' : text, codes);
    if (value === undefined) delete session.custom[field.name];
    else session.custom[field.name] = value;
  }
  return { session, codes, isRetimed };
}

/** Order says nothing in a list of people or of options. */
const same = (a: readonly string[], b: readonly string[]): boolean =>
  isDeepStrictEqual([...a].sort(), [...b].sort());

const isOfMeeting = (code: string): boolean => code.startsWith('MEETING_');

function editMentees(cell: string, session: OracleSession, world: OracleWorld, codes: string[]): void {
  if (cell === '') return;
  const faults: string[] = [];
  const mentees = readMentees(cell === '-' ? '' : cell, session, world, faults);
  const kept = new Map(session.mentees.map((mentee) => [mentee.email, mentee]));
  if (same(mentees, [...kept.keys()]) && list(cell).length <= kept.size) return;
  codes.push(...faults);
  session.mentees = mentees.map((email) => kept.get(email) ?? { email, enrolment: 'invited' });
}

/** @returns whether the mentor's calendar is to be asked */
function editTimes(
  cell: (column: string) => string,
  session: OracleSession,
  world: OracleWorld,
  codes: string[],
): boolean {
  const columns = ['Date', 'Zone', 'Time', 'Duration'];
  if (columns.every((column) => cell(column) === '')) return false;
  const wanted = {
    date: cell('Date') || dateText(session.start, session.zone),
    zone: cell('Zone') || session.zone,
    time: cell('Time') || timeText(session.start, session.zone),
    duration: cell('Duration') || String((session.end - session.start) / MINUTE),
  };
  const asItStands = readTimes(wanted, world, [], false);
  const isMoved = asItStands.start !== session.start;
  const isRetimed = isMoved || asItStands.end !== session.end;
  const read = readTimes(wanted, world, codes, isMoved);
  if (read.start === undefined) return false;
  session.start = read.start;
  session.end = read.end!;
  session.zone = read.zone!;
  return isRetimed;
}

function editMeeting(cell: (column: string) => string, session: OracleSession, codes: string[]): void {
  const [platform, link, passcode] = [cell('Platform'), cell('Link'), cell('Passcode')];
  if (platform === '' && link === '' && passcode === '') return;
  const old = session.meeting;
  const stays = platform === '' || platformOf(platform) === old.platform;
  const oldLink = stays ? (old.link ?? '') : '';
  const read = readMeeting(
    {
      platform: platform === '' ? old.platform : platform,
      link: link === '-' ? '' : link || oldLink,
      passcode: passcode === '-' ? '' : passcode,
    },
    codes,
  );
  // A link that stays brings no passcode a second time.
  if (stays && passcode === '') {
    const isNew = link !== '' && link !== '-' && link !== oldLink;
    read.passcode = (isNew ? read.passcode : null) ?? old.passcode;
  }
  if (passcode === '-') read.passcode = null;
  session.meeting = read;
}
