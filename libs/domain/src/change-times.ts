import type { DraftField, FieldNames } from './draft.ts';
import type { RowError } from './messages.ts';
import { readStart } from './read-times.ts';
import type { CurrentSession, SessionChange } from './session-change.ts';
import type { TimesText } from './session-rules.ts';
import { formatDate, formatTime, localDay } from './wall-time.ts';
import { DAY_MS, MINUTE_MS, offsetMs, readZone } from './zone.ts';

export interface ChangedTimes {
  readonly timeZone: string;
  /** `undefined`: could not be read. */
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  /** Known also where the start is not. */
  readonly durationMinutes: number | undefined;
}

const TIME_FIELDS: readonly DraftField[] = ['date', 'timeZone', 'time', 'duration'];

export function asksForTimes(change: SessionChange): boolean {
  const { dayMs, clockMinutes, timeZone, durationMinutes, moments, unread } = change;
  return (
    [dayMs, clockMinutes, timeZone, durationMinutes, moments].some((asked) => asked !== undefined) ||
    TIME_FIELDS.some((field) => unread?.has(field))
  );
}

/**
 * The session's times with what is asked for in their place: date, clock time, zone and duration each default to what
 * people see of the stored session. Where they come out as the stored ones the start is the stored one, also
 * at a clock time that exists twice.
 * @param errors takes a clock time that does not exist, or exists twice, in its zone
 */
export function changeTimes(
  current: CurrentSession,
  change: SessionChange,
  names: FieldNames,
  errors: RowError[],
): ChangedTimes {
  const timeZone = changeZone(current.timeZone, change.timeZone);
  const startMs = changeStart(current, change, timeZone, names, errors);
  const lengthMs = changeLength(current, change, startMs);
  const isLengthKnown = !change.unread?.has('duration');
  return {
    timeZone,
    startMs,
    endMs: startMs === undefined || !isLengthKnown ? undefined : startMs + lengthMs,
    durationMinutes: isLengthKnown ? lengthMs / MINUTE_MS : undefined,
  };
}

function changeLength(
  current: CurrentSession,
  { durationMinutes, moments }: SessionChange,
  startMs = current.startMs,
): number {
  if (durationMinutes !== undefined) return durationMinutes * MINUTE_MS;
  return moments?.endMs === undefined ? current.endMs - current.startMs : moments.endMs - startMs;
}

function changeZone(stored: string, asked: string | undefined): string {
  return asked === undefined || asked === readZone(stored) ? stored : asked;
}

function changeStart(
  current: CurrentSession,
  change: SessionChange,
  zone: string,
  names: FieldNames,
  errors: RowError[],
): number | undefined {
  const { unread, moments } = change;
  if (unread?.has('date') || unread?.has('time') || unread?.has('timeZone')) return undefined;
  if (moments !== undefined) return moments.startMs ?? current.startMs;
  const storedDayMs = localDay(current.startMs, current.timeZone);
  const storedMinutes = clockMinutesAt(current.startMs, current.timeZone);
  const dayMs = change.dayMs ?? storedDayMs;
  const minutes = change.clockMinutes ?? storedMinutes;
  if (zone === current.timeZone && dayMs === storedDayMs && minutes === storedMinutes) return current.startMs;
  return readStart({ dayMs, minutes, zone }, timesText(current, change), { names, errors });
}

function clockMinutesAt(atMs: number, zone: string): number {
  const localMs = atMs + offsetMs(zone, atMs);
  return Math.floor((localMs - Math.floor(localMs / DAY_MS) * DAY_MS) / MINUTE_MS);
}

/** What stands in the cells, and for blank ones what people see of the stored session. */
export function timesText(current: CurrentSession, change: SessionChange): TimesText {
  const { written } = change;
  return {
    date: written?.get('date') ?? formatDate(current.startMs, current.timeZone),
    time: written?.get('time') ?? formatTime(current.startMs, current.timeZone),
    duration:
      written?.get('duration') ??
      String(change.durationMinutes ?? (current.endMs - current.startMs) / MINUTE_MS),
  };
}
