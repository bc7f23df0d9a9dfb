import { type Meeting, PLATFORM_NAMES } from '@mentorline/domain';
import ical, { ICalAttendeeRole, ICalAttendeeStatus, ICalEventStatus } from 'ical-generator';
import { DateTime } from 'luxon';
import { tzlib_get_ical_block } from 'timezones-ical-library';

/** A session as the person who gets the event may see it. */
export interface CalendarEvent {
  /** Of the session. */
  readonly id: string;
  /** Counted up whenever the session changes. */
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly cancelled: boolean;
  readonly start: Date;
  readonly end: Date;
  /** `null`: not for this person. */
  readonly meeting: Meeting | null;
  readonly organizer: Person;
  /** When what the event says was written. */
  readonly stamp: Date;
  readonly created?: Date;
}

/** Of an event that is sent to somebody: put into the calendar of `attendee`, or taken out of it (RFC 5546). */
export interface Attendance {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly attendee: Person;
}

interface Person {
  readonly name: string;
  readonly email: string;
}

/**
 * A session as a calendar with one event (RFC 5545). The same session has the same UID whenever it is written, and a
 * later version a higher SEQUENCE, so that calendars put it in the place of the earlier one. Equal input gives equal
 * text.
 * @param zone of the organisation, in which the times stand
 * @param domain right-hand side of the UID
 * @param attendance `undefined`: for whoever takes it, as published
 */
export function writeEvent(
  event: CalendarEvent,
  { zone, domain }: { zone: string; domain: string },
  attendance?: Attendance,
): string {
  const { id, version, title, cancelled, start, end, meeting, organizer, stamp, created } = event;
  const { name: timezone, definition } = timeZone(zone);
  const [written] = ical({
    events: [
      {
        id: `${id}@${domain}`,
        sequence: version - 1,
        status:
          cancelled || attendance?.method === 'CANCEL'
            ? ICalEventStatus.CANCELLED
            : ICalEventStatus.CONFIRMED,
        summary: title,
        description: describe(event),
        ...(meeting ? { location: meeting.link ?? PLATFORM_NAMES[meeting.platform], url: meeting.link } : {}),
        organizer: named(organizer),
        // Who else comes is nobody's business, and the answer nobody's: seats are given and freed elsewhere.
        ...(attendance
          ? {
              attendees: [
                {
                  ...named(attendance.attendee),
                  role: ICalAttendeeRole.REQ,
                  status: ICalAttendeeStatus.NEEDSACTION,
                  rsvp: false,
                },
              ],
            }
          : {}),
        timezone,
        // The library would show a Date on the clock of this machine.
        start: DateTime.fromJSDate(start),
        end: DateTime.fromJSDate(end),
        stamp,
        ...(created ? { created } : {}),
        lastModified: stamp,
      },
    ],
  }).events();
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Mentorline//Sessions//EN',
    ...(attendance ? [`METHOD:${attendance.method}`] : []),
    // Of the event alone: what is not its start or end must stand in UTC (section 3.8.7).
    ...definition,
    ...linesOf(String(written)),
    'END:VCALENDAR',
  ];
  return lines.map(fold).join('\r\n');
}

function linesOf(text: string): string[] {
  return text.trim().split(/\r?\n/u);
}

const LONGEST_LINE_BYTES = 74;

/**
 * A line in lines of 75 octets at most, cut in no character (RFC 5545, section 3.1). The library looks at every character
 * of every line, which took half of all that an event took.
 */
function fold(line: string): string {
  if (Buffer.byteLength(line) <= LONGEST_LINE_BYTES) return line;
  let folded = '';
  let bytes = 0;
  for (const character of line) {
    const more = Buffer.byteLength(character);
    bytes += more;
    if (bytes > LONGEST_LINE_BYTES) {
      folded += '\r\n ';
      bytes = more;
    }
    folded += character;
  }
  return folded;
}

/** A quote would end the name early (RFC 5545, section 3.2). */
function named({ name, email }: Person): Person {
  return { name: name.replaceAll('"', "'") || email, email };
}

function describe({ description, meeting }: CalendarEvent): string {
  if (!meeting) return description;
  const lines = [
    ['Meeting', PLATFORM_NAMES[meeting.platform]],
    ['Link', meeting.link],
    ['Meeting id', meeting.meetingId],
    ['Passcode', meeting.passcode],
  ].filter(([, value]) => value !== null);
  return [description, lines.map(([name, value]) => `${name}: ${value}`).join('\n')]
    .filter(Boolean)
    .join('\n\n');
}

interface Zone {
  readonly name: string;
  /** Its lines. */
  readonly definition: readonly string[];
}
const zones = new Map<string, Zone>();

/** A zone by the name under which it is defined; UTC, which needs no definition, where the library does not know it. */
function timeZone(zone: string): Zone {
  const known = zones.get(zone);
  if (known) return known;
  const found = tzlib_get_ical_block(zone);
  if (typeof found === 'string') return { name: 'UTC', definition: [] };
  const [text = '', id = ''] = found;
  const defined = { name: id.replace(/^TZID=/u, ''), definition: linesOf(text) };
  zones.set(zone, defined);
  return defined;
}
