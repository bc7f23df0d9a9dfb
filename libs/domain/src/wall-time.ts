import { DAY_MS, MINUTE_MS, offsetMs } from './zone.ts';

/**
 * `DD-MM-YYYY`, a real calendar date.
 * @returns 00:00 UTC of that date in ms, `undefined` if it is none
 */
export function readDate(text: string): number | undefined {
  const found = /^(\d{2})-(\d{2})-(\d{4})$/u.exec(text);
  return found === null ? undefined : dayOf(Number(found[3]), Number(found[2]), Number(found[1]));
}

/** `YYYY-MM-DD`; otherwise like {@link readDate}. */
export function readIsoDate(text: string): number | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text);
  return found === null ? undefined : dayOf(Number(found[1]), Number(found[2]), Number(found[3]));
}

function dayOf(year: number, month: number, day: number): number | undefined {
  if (year === 0) return undefined;
  // Date.UTC would take a year below 100 for one of the twentieth century.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/**
 * `17:00 Hrs`, `17:00` or `1700`, 00:00 to 23:59. Before a colon the hour may have one digit (`9:05`), as
 * spreadsheets drop the leading zero; without a colon all four digits are needed.
 * @returns minutes since midnight, `undefined` if it is no time
 */
export function readTime(text: string): number | undefined {
  const found = /^(?:(\d{1,2}):|(\d{2}))(\d{2})\s*(?:hrs)?$/iu.exec(text);
  if (found === null) return undefined;
  const hour = Number(found[1] ?? found[2]);
  const minute = Number(found[3]);
  return hour < 24 && minute < 60 ? hour * 60 + minute : undefined;
}

/**
 * The moment at which a clock in `zone` shows a date and a time.
 * @param dayMs 00:00 UTC of the date
 * @returns UTC ms; `missing` where the clock skips that time, `twice` where it shows it two times
 */
export function wallToUtc(dayMs: number, minutes: number, zone: string): number | 'missing' | 'twice' {
  const localMs = dayMs + minutes * MINUTE_MS;
  const before = offsetMs(zone, localMs - DAY_MS);
  const after = offsetMs(zone, localMs + DAY_MS);
  if (before === after) return localMs - before;
  const holdsBefore = offsetMs(zone, localMs - before) === before;
  const holdsAfter = offsetMs(zone, localMs - after) === after;
  if (holdsBefore && holdsAfter) return 'twice';
  if (holdsBefore) return localMs - before;
  return holdsAfter ? localMs - after : 'missing';
}

/** Like {@link wallToUtc}, but never refuses: a skipped time moves on, of two moments the earlier counts. */
export function nearestUtc(dayMs: number, minutes: number, zone: string): number {
  const exact = wallToUtc(dayMs, minutes, zone);
  if (typeof exact === 'number') return exact;
  const localMs = dayMs + minutes * MINUTE_MS;
  return localMs - offsetMs(zone, localMs - DAY_MS);
}

/** 00:00 UTC, in ms, of the date that a calendar in `zone` shows at a moment. */
export function localDay(atMs: number, zone: string): number {
  return Math.floor((atMs + offsetMs(zone, atMs)) / DAY_MS) * DAY_MS;
}

/** `DD-MM-YYYY` in `zone`. */
export function formatDate(atMs: number, zone: string): string {
  const local = new Date(atMs + offsetMs(zone, atMs));
  const year = String(local.getUTCFullYear()).padStart(4, '0');
  return `${twoDigits(local.getUTCDate())}-${twoDigits(local.getUTCMonth() + 1)}-${year}`;
}

/** `HH:mm` in `zone`. */
export function formatTime(atMs: number, zone: string): string {
  const local = new Date(atMs + offsetMs(zone, atMs));
  return `${twoDigits(local.getUTCHours())}:${twoDigits(local.getUTCMinutes())}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
