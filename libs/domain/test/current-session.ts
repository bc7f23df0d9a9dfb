import { checkChange } from '../src/check-change.ts';
import type { SessionColumn } from '../src/columns.ts';
import { type ChangeDecision, decideChange } from '../src/decide-change.ts';
import { type ReadRow, readRow } from '../src/read-row.ts';
import type { CurrentSession } from '../src/session-change.ts';
import type { CheckContext } from '../src/session-rules.ts';
import type { CustomField } from '../src/settings.ts';
import { Calendar } from '../src/slots.ts';
import { formatDate, formatTime } from '../src/wall-time.ts';
import { zoneLabel } from '../src/zone.ts';
import { ASHA, context, GOOD_ROW, MEERA, row } from './builders.ts';

const MINUTE_MS = 60_000;
export const SESSION_ID = '64b7f0c2a1d3e4f5a6b7c8d9';
/** 14-06-2027, 15:00 IST. */
export const THREE = Date.UTC(2027, 5, 14, 9, 30);

/** Public, with one invited and one self-enrolled mentee whom the directory does not find, one hour long. */
export function session(rest: Partial<CurrentSession> = {}): CurrentSession {
  return {
    id: SESSION_ID,
    organisationId: 'org',
    version: 3,
    title: 'Leading a school',
    description: 'How heads plan a year',
    type: 'PUBLIC',
    mentor: { id: ASHA.id, email: ASHA.email, name: ASHA.name, slotGapMinutes: 0 },
    mentees: [
      { userId: MEERA.id, email: MEERA.email, enrolment: 'invited' },
      { userId: 'f'.repeat(24), email: 'left@example.org', enrolment: 'self' },
    ],
    startMs: THREE,
    endMs: THREE + 60 * MINUTE_MS,
    timeZone: 'Asia/Kolkata',
    recommendedFor: ['teachers'],
    categories: ['communication', 'dropped_since'],
    medium: ['english'],
    meeting: {
      platform: 'ZOOM',
      link: 'https://zoom.us/j/111?pwd=abc',
      meetingId: '111',
      passcode: 'abc',
    },
    custom: {},
    cancelled: false,
    ...rest,
  };
}

const BLANK = Object.fromEntries(Object.keys(GOOD_ROW).map((column) => [column, ''])) as typeof GOOD_ROW;

export type Cells = Partial<Record<SessionColumn, string>>;

/** An Edit of which only the given cells are filled. */
export function edit(
  cells: Cells,
  more: Parameters<typeof row>[1] = {},
  fields: readonly CustomField[] = [],
): ReadRow {
  return readRow(row({ ...BLANK, action: 'Edit', id: SESSION_ID, ...cells }, more), fields);
}

/** The cells in which the session list shows a session. */
export function shown(current: CurrentSession): Cells {
  const { startMs, endMs, timeZone, meeting } = current;
  return {
    title: current.title,
    description: current.description,
    type: current.type === 'PUBLIC' ? 'Public' : 'Private',
    mentor: current.mentor.email,
    mentees: current.mentees.map(({ email }) => email).join(', '),
    date: formatDate(startMs, timeZone),
    timeZone: zoneLabel(timeZone),
    time: `${formatTime(startMs, timeZone)} Hrs`,
    duration: String((endMs - startMs) / MINUTE_MS),
    recommendedFor: current.recommendedFor.join(', '),
    categories: current.categories.join(', '),
    medium: current.medium.join(', '),
    platform: meeting.platform,
    link: meeting.link ?? '',
    passcode: meeting.passcode ?? '',
  };
}

/** The mentor's calendar with the session's own slot in it, as it is stored. */
export function calendarWith(current: CurrentSession, ...others: [startMs: number, minutes: number][]) {
  const { id, startMs, endMs } = current;
  return new Map([
    [
      ASHA.id,
      new Calendar([
        { startMs, endMs, holder: { kind: 'session', sessionId: id } },
        ...others.map(([from, minutes]) => ({
          startMs: from,
          endMs: from + minutes * MINUTE_MS,
          holder: { kind: 'row' as const, row: 1 },
        })),
      ]),
    ],
  ]);
}

/** Reads nothing of the calendar unless one is given. */
export function decide(
  current: CurrentSession,
  reading: ReadRow,
  rest: Partial<CheckContext> = {},
  calendars: ReadonlyMap<string, Calendar> = new Map(),
): ChangeDecision {
  const checks = context(rest);
  const checked = reading.change && checkChange(current, reading.change, checks);
  return decideChange(current, reading, checked, calendars, { settings: checks.settings });
}

export function messages(decision: { outcome: string; errors?: readonly { message: string }[] }): string[] {
  return (decision.errors ?? []).map(({ message }) => message);
}
