import { dayOf, MINUTE, momentsOf, timeOf, zoneOf } from './clock.ts';
import type { OracleWorld } from './world.ts';

/** What the cells of a row say of the session's time, or the stored session where they are blank. */
export interface WantedTimes {
  date: string;
  zone: string;
  time: string;
  duration: string;
}

/** Undefined: it could not be read, or a rule is against it, as `codes` then says. */
export interface ReadTimes {
  zone: string | undefined;
  start: number | undefined;
  end: number | undefined;
}

/** @param isMoved false for a session whose start stays as it is: then the past is no fault */
export function readTimes(
  wanted: WantedTimes,
  world: OracleWorld,
  codes: string[],
  isMoved = true,
): ReadTimes {
  const found = codes.length;
  const day = dayOf(wanted.date);
  const time = timeOf(wanted.time);
  const zone = wanted.zone === '' ? undefined : zoneOf(wanted.zone);
  const minutes = /^\d+$/u.test(wanted.duration) ? Number(wanted.duration) : undefined;
  for (const [text, value] of [
    [wanted.date, day],
    [wanted.time, time],
    [wanted.zone, zone],
    [wanted.duration, minutes],
  ]) {
    if (value === undefined) codes.push(text === '' ? 'FIELD_REQUIRED' : 'FIELD_INVALID');
  }
  const { minDurationMinutes = 30, maxDurationMinutes = 1440 } = world.settings ?? {};
  if (minutes !== undefined && minutes < minDurationMinutes) codes.push('DURATION_TOO_SHORT');
  if (minutes !== undefined && minutes > maxDurationMinutes) codes.push('DURATION_TOO_LONG');
  if (day === undefined || time === undefined || zone === undefined)
    return { zone, start: undefined, end: undefined };
  const moments = momentsOf(day + time, zone);
  if (moments.length !== 1) codes.push('FIELD_INVALID');
  const [start = Number.NaN] = moments;
  if (moments.length === 1 && isMoved && start <= world.nowMs) codes.push('START_IN_PAST');
  if (codes.length > found || minutes === undefined) return { zone, start: undefined, end: undefined };
  return { zone, start, end: start + minutes * MINUTE };
}
