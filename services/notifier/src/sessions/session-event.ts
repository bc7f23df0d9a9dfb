import { writeEvent } from '@mentorline/calendar';
import type { Letterhead, SessionLetter, SessionMailKind } from '@mentorline/store';
import type { CalendarPart } from '../draft.ts';
import type { Mailbox } from '../mailbox.ts';

/**
 * The event that puts a session into the calendar of whoever gets the mail, or takes it out; the same session as the
 * gateway's own file of it, under the same UID. A reminder changes no calendar.
 * @param setting.from in whose name the event is sent
 * @param setting.domain right-hand side of the UID
 */
export function sessionEvent(
  kind: SessionMailKind,
  letter: SessionLetter,
  { to, date, letterhead }: { to: Mailbox; date: Date; letterhead: Letterhead },
  { from, domain }: { from: Mailbox; domain: string },
): CalendarPart | null {
  if (kind === 'session-reminder') return null;
  const { sessionId, version, title, start, end, inside, timeZone } = letter;
  const method = kind === 'session-cancelled' || kind === 'session-removed' ? 'CANCEL' : 'REQUEST';
  const content = writeEvent(
    {
      ...{ id: sessionId, version, title, start, end },
      description: inside?.description ?? '',
      cancelled: method === 'CANCEL',
      meeting: inside?.meeting ?? null,
      organizer: { name: letterhead.organisationName, email: from.address },
      stamp: date,
    },
    { zone: timeZone, domain },
    { method, attendee: { name: to.name, email: to.address } },
  );
  return { method, content };
}
