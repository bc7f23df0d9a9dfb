import { type RowError, rowError } from './messages.ts';
import type { OrganisationSettings } from './settings.ts';
import type { Calendar, Slot, SlotHolder } from './slots.ts';
import { formatDate, formatTime, localDay } from './wall-time.ts';
import { workingHours } from './working-hours.ts';
import { zoneLabel } from './zone.ts';

export interface SlotConflict extends Slot {
  readonly holder: SlotHolder;
  /** In the working hours of the same day, from the asked start on; `undefined`: none that day. */
  readonly nextFreeMs: number | undefined;
}

/** The mentor as the slot rule sees one. */
interface Booked {
  readonly id: string;
  readonly name: string;
  readonly slotGapMinutes: number;
}

/** @throws Error if the mentor's calendar is missing: a bug of the caller */
export function calendarOf(mentorId: string, calendars: ReadonlyMap<string, Calendar>): Calendar {
  const calendar = calendars.get(mentorId);
  if (calendar === undefined) throw new Error(`The calendar of mentor ${mentorId} is not loaded`);
  return calendar;
}

export function findConflict(
  { slotGapMinutes }: Booked,
  slot: Slot,
  calendar: Calendar,
  settings: OrganisationSettings,
): SlotConflict | undefined {
  const taken = calendar.conflictWith(slot, slotGapMinutes);
  if (taken === undefined) return undefined;
  const hours = workingHours(localDay(slot.startMs, settings.timeZone), settings);
  const nextFreeMs = calendar.nextFreeStart(slot, slotGapMinutes, hours);
  return { holder: taken.holder, startMs: taken.startMs, endMs: taken.endMs, nextFreeMs };
}

/**
 * @param value the time that was asked for, as written
 * @param zone in which the people of the organisation read times
 */
export function slotTaken(
  mentor: Pick<Booked, 'name'>,
  conflict: SlotConflict,
  value: string,
  zone: string,
): RowError {
  const { startMs, endMs, nextFreeMs } = conflict;
  return rowError('MENTOR_SLOT_TAKEN', 'time', value, {
    mentor: mentor.name,
    start: formatTime(startMs, zone),
    end: formatTime(endMs, zone),
    zone: zoneLabel(zone),
    date: formatDate(startMs, zone),
    holder: describe(conflict.holder),
    nextFree:
      nextFreeMs === undefined
        ? undefined
        : `${formatDate(nextFreeMs, zone)} ${formatTime(nextFreeMs, zone)}`,
  });
}

function describe(holder: SlotHolder): string {
  switch (holder.kind) {
    case 'session':
      return holder.sessionId;
    case 'row':
      return `row ${holder.row} of this file`;
    case 'foreign':
      return 'a session of another organisation';
  }
}
