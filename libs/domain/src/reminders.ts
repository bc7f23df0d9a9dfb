import { MINUTE_MS } from './zone.ts';

/** How long before its start a session's mentor and mentees are reminded, in minutes, longest first. */
const REMINDERS_MINUTES = [1440, 60, 15] as const;

/** The first moment after one at which people are to be reminded of a session (UTC ms); `undefined`: none is left. */
export function nextReminderMs(startMs: number, afterMs: number): number | undefined {
  return REMINDERS_MINUTES.map((minutes) => startMs - minutes * MINUTE_MS).find((atMs) => atMs > afterMs);
}

/**
 * Which reminder suits the moment, in minutes before the start: of several whose time has come the nearest, as those
 * before it would come late. `undefined`: none yet, or the session has begun.
 */
export function reminderAt(startMs: number, nowMs: number): number | undefined {
  if (nowMs >= startMs) return undefined;
  return REMINDERS_MINUTES.findLast((minutes) => startMs - minutes * MINUTE_MS <= nowMs);
}
