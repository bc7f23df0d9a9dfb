import { rowError } from './messages.ts';
import { type Reading, readAs } from './read-fields.ts';
import { readDate, readTime, wallToUtc } from './wall-time.ts';
import { readZone } from './zone.ts';

/** 00:00 UTC of the date. */
export function readDay(text: string, reading: Reading): number | undefined {
  return readAs('date', text, readDate, 'a real calendar date as DD-MM-YYYY', reading);
}

/** IANA name. */
export function readTimeZone(text: string, reading: Reading): string | undefined {
  return readAs('timeZone', text, readZone, 'IST, UTC or an IANA name such as Asia/Kolkata', reading);
}

/** Minutes since midnight. */
export function readClock(text: string, reading: Reading): number | undefined {
  return readAs('time', text, readTime, '00:00 to 23:59, such as 17:00 Hrs', reading);
}

/** Far past any limit, and still small enough to be counted with. */
const LONGEST_COUNTED_MINUTES = 1e9;

/** Minutes. */
export function readDuration(text: string, reading: Reading): number | undefined {
  return readAs('duration', text, toMinutes, 'whole minutes', reading);
}

function toMinutes(text: string): number | undefined {
  return /^\d+$/u.test(text) ? Math.min(Number(text), LONGEST_COUNTED_MINUTES) : undefined;
}

/**
 * The moment at which clocks in `zone` show a date and a time.
 * @param clock `dayMs`: 00:00 UTC of the date; `minutes` since midnight
 * @param written how date and time are shown to the person
 */
export function readStart(
  { dayMs, minutes, zone }: { dayMs: number; minutes: number; zone: string },
  written: { readonly date: string; readonly time: string },
  { names, errors }: Pick<Reading, 'names' | 'errors'>,
): number | undefined {
  const startMs = wallToUtc(dayMs, minutes, zone);
  if (typeof startMs === 'number') return startMs;
  const why = startMs === 'missing' ? 'does not exist' : 'exists twice';
  const expected = `this local time ${why} in ${zone} on ${written.date}`;
  errors.push(rowError('FIELD_INVALID', 'time', written.time, names.time, expected));
  return undefined;
}
