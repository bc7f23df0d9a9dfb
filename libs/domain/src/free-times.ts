import type { OrganisationSettings } from './settings.ts';
import type { Calendar, Slot } from './slots.ts';
import { localDay } from './wall-time.ts';
import { workingHours } from './working-hours.ts';
import { DAY_MS, MINUTE_MS } from './zone.ts';

/**
 * When a session could be: in the working hours of each day, not in the past, and only where the shortest session
 * fits. A session that lies wholly in one of them, touching its ends included, breaks no slot rule.
 * @param span in which to look; the calendar holds at least the sessions that come near it
 */
export function freeTimes(
  span: Slot,
  calendar: Calendar,
  slotGapMinutes: number,
  settings: OrganisationSettings,
  nowMs: number,
): Slot[] {
  const awayMs = (slotGapMinutes + 1) * MINUTE_MS;
  const booked = calendar.slotsNear(span, slotGapMinutes);
  const free: Slot[] = [];
  const add = (startMs: number, endMs: number): void => {
    if (endMs - startMs >= settings.minDurationMinutes * MINUTE_MS) free.push({ startMs, endMs });
  };
  const lastDay = localDay(span.endMs, settings.timeZone);
  for (let day = localDay(span.startMs, settings.timeZone); day <= lastDay; day += DAY_MS) {
    const { fromMs, toMs } = workingHours(day, settings);
    const endMs = wholeMinute(Math.min(toMs, span.endMs));
    // A session starts after now, not at it.
    let startMs = -wholeMinute(-Math.max(fromMs, span.startMs, nowMs + 1));
    for (const slot of booked) {
      if (slot.startMs > endMs + awayMs) break;
      add(startMs, Math.min(endMs, slot.startMs - awayMs));
      startMs = Math.max(startMs, slot.endMs + awayMs);
    }
    add(startMs, endMs);
  }
  return free;
}

/** The last whole minute up to then. */
function wholeMinute(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}
