import { dateText, MINUTE, momentsOf, timeText, wallOf } from './clock.ts';
import type { OracleSession, OracleWorld } from './world.ts';

const DAY = 1440 * MINUTE;

/**
 * The sentence about a slot that is taken; undefined when it is free.
 * @param others the mentor's sessions, the one that is to move left out
 */
export function slotTaken(
  mentor: string,
  start: number,
  end: number,
  others: readonly OracleSession[],
  world: OracleWorld,
): string | undefined {
  const { name, gapMinutes = 0 } = world.people.get(mentor)!;
  const gap = gapMinutes * MINUTE;
  const mine = others.filter(({ cancelled }) => !cancelled).sort((a, b) => a.start - b.start);
  const clash = (from: number, to: number) => mine.find((s) => from <= s.end + gap && s.start <= to + gap);
  const taken = clash(start, end);
  if (!taken) return undefined;

  const zone = world.settings?.timeZone ?? 'Asia/Kolkata';
  const hours = world.settings?.workingHours ?? { from: '08:00', to: '20:00' };
  const today = Math.floor(wallOf(start, zone) / DAY) * DAY;
  const at = (time: string): number => momentsOf(today + Date.parse(`1970-01-01T${time}:00Z`), zone)[0]!;
  const length = end - start;
  let free = Math.max(start, at(hours.from));
  while (free + length <= at(hours.to) && clash(free, free + length)) free += MINUTE;
  const next =
    free + length <= at(hours.to) ? `${dateText(free, zone)} ${timeText(free, zone)}` : 'none that day';
  const holder = taken.foreign
    ? 'a session of another organisation'
    : taken.id || `row ${taken.row} of this file`;
  return (
    `${name} already has a session from ${timeText(taken.start, zone)} to ${timeText(taken.end, zone)} ` +
    `${zone === 'Asia/Kolkata' ? 'IST' : zone} on ${dateText(taken.start, zone)} (${holder}); next free time: ${next}`
  );
}
