import type { OrganisationSettings } from './settings.ts';
import { nearestUtc, readTime } from './wall-time.ts';

/**
 * The working hours of a day, in UTC ms; `24:00`, no time of a clock, is the day's end.
 * @param dayMs 00:00 UTC of the date
 */
export function workingHours(
  dayMs: number,
  { timeZone, workingHours: { from, to } }: OrganisationSettings,
): { fromMs: number; toMs: number } {
  return {
    fromMs: nearestUtc(dayMs, readTime(from) ?? 0, timeZone),
    toMs: nearestUtc(dayMs, readTime(to) ?? 24 * 60, timeZone),
  };
}
