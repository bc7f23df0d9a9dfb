import ical, { ICalEventStatus } from 'ical-generator';
import { DateTime } from 'luxon';
import { tzlib_get_ical_block } from 'timezones-ical-library';
import type { SessionView } from './present-session.ts';
import { PLATFORM_NAMES } from './session-row.ts';

/**
 * A session as a calendar with one event (RFC 5545). The same session has the same UID whenever it is asked for, and a
 * later version a higher SEQUENCE, so that calendars put it in the place of the earlier one.
 * @param session as the person who asks may see it
 * @param zone of the organisation, in which the times stand
 * @param domain right-hand side of the UID
 */
export function writeEvent(session: SessionView, { zone, domain }: { zone: string; domain: string }): string {
  const { id, version, title, status, mentor, start, end, meeting, updatedAt, createdAt } = session;
  const { name: timezone, definition } = timeZone(zone);
  const calendar = ical({
    prodId: { company: 'Mentorline', product: 'Sessions' },
    // Of the event alone: what is not its start or end must stand in UTC (section 3.8.7).
    timezone: { name: null, generator: () => definition },
    events: [
      {
        id: `${id}@${domain}`,
        sequence: version - 1,
        status: status === 'CANCELLED' ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
        summary: title,
        description: describe(session),
        location: meeting.link ?? PLATFORM_NAMES[meeting.platform],
        url: meeting.link,
        // A quote would end the name early (section 3.2).
        organizer: { name: mentor.name.replaceAll('"', "'") || mentor.email, email: mentor.email },
        timezone,
        // The library would show a Date on the clock of this machine.
        start: DateTime.fromISO(start),
        end: DateTime.fromISO(end),
        stamp: new Date(updatedAt),
        created: new Date(createdAt),
        lastModified: new Date(updatedAt),
      },
    ],
  });
  return calendar.toString();
}

function describe({ description, meeting }: SessionView): string {
  const lines = [
    ['Meeting', PLATFORM_NAMES[meeting.platform]],
    ['Link', meeting.link],
    ['Meeting id', meeting.meetingId],
    ['Passcode', meeting.passcode],
  ].filter(([, value]) => value !== null);
  return `${description}\n\n${lines.map(([name, value]) => `${name}: ${value}`).join('\n')}`;
}

/** A zone by the name under which it is defined; UTC, which needs no definition, where the library does not know it. */
function timeZone(zone: string): { name: string; definition: string | null } {
  const found = tzlib_get_ical_block(zone);
  if (typeof found === 'string') return { name: 'UTC', definition: null };
  const [definition = '', id = ''] = found;
  return { name: id.replace(/^TZID=/u, ''), definition };
}
