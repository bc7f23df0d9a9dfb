import { freeTimes, type Slot } from '@mentorline/domain';
import { AppError, DAY_MS } from '@mentorline/runtime';
import type { Organisation, Store } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';

const DEFAULT_SPAN_MS = 7 * DAY_MS;
const LONGEST_SPAN_DAYS = 62;
/** What RFC 3339 can still write. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59);
const Time = Type.String({ format: 'date-time' });
const NullableText = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

/** When a mentor has sessions, and when there could be one. */
export const MentorSlots = Type.Object(
  {
    mentor: Type.Object({ id: Type.String(), name: Type.String(), email: Type.String() }),
    from: Time,
    to: Time,
    timeZone: Type.String({ description: 'of the organisation, whose working hours count' }),
    slotGapMinutes: Type.Integer({ description: 'that must lie between two sessions of the mentor' }),
    busy: Type.Array(
      Type.Object({
        start: Time,
        end: Time,
        sessionId: NullableText('null: a session of another organisation'),
        title: NullableText('null: a session of another organisation'),
      }),
    ),
    free: Type.Array(Type.Object({ start: Time, end: Time }), {
      description:
        'a session that lies wholly in one of these, its ends included, keeps clear of all others of the mentor',
    }),
  },
  { title: 'MentorSlots' },
);
type MentorSlots = Static<typeof MentorSlots>;

/**
 * @param span from now and for a week where left out
 * @throws AppError NOT_FOUND when the organisation sees no such mentor, VALIDATION_FAILED for a span that ends before
 * it begins or is too long
 */
export async function mentorSlots(
  { store, now }: { store: Store; now: () => Date },
  organisation: Organisation,
  mentorId: string,
  span: { from?: string; to?: string },
): Promise<MentorSlots> {
  const { id: organisationId, settings } = organisation;
  const mentor = (await store.users.findPeople(organisation, [mentorId])).get(mentorId);
  if (!mentor?.roles.includes('mentor')) throw new AppError('NOT_FOUND', 'There is no such mentor');
  const nowMs = now().getTime();
  const slot = readSpan(span, nowMs);
  const { name, email, slotGapMinutes } = mentor;
  const calendars = await store.slots.peekCalendars({ organisationId }, [{ mentorId, slot, slotGapMinutes }]);
  const calendar = calendars.get(mentorId)!;
  const booked = calendar.slotsNear(slot, 0);
  const ownIds = booked.flatMap(({ holder }) => (holder.kind === 'session' ? holder.sessionId : []));
  const own = await store.sessions.readSessions(organisationId, ownIds);
  return {
    mentor: { id: mentorId, name, email },
    ...{ from: textOf(slot.startMs), to: textOf(slot.endMs) },
    ...{ timeZone: settings.timeZone, slotGapMinutes },
    busy: booked.map(({ holder, ...times }) => {
      const sessionId = holder.kind === 'session' ? holder.sessionId : null;
      return { ...textsOf(times), sessionId, title: own.get(sessionId ?? '')?.title ?? null };
    }),
    free: freeTimes(slot, calendar, slotGapMinutes, settings, nowMs).map(textsOf),
  };
}

function readSpan({ from, to }: { from?: string; to?: string }, nowMs: number): Slot {
  const startMs = from === undefined ? nowMs : Date.parse(from);
  const endMs = Math.min(to === undefined ? startMs + DEFAULT_SPAN_MS : Date.parse(to), LAST_MS);
  if (endMs <= startMs) throw refusedSpan('must be later than from');
  if (endMs - startMs > LONGEST_SPAN_DAYS * DAY_MS) {
    throw refusedSpan(`must be at most ${LONGEST_SPAN_DAYS} days after from`);
  }
  return { startMs, endMs };
}

function refusedSpan(message: string): AppError {
  return new AppError('VALIDATION_FAILED', `The span cannot be shown: to ${message}`, {
    faults: [{ pointer: '/to', code: 'FIELD_INVALID', message }],
  });
}

function textOf(ms: number): string {
  return utcText(new Date(ms));
}

function textsOf({ startMs, endMs }: Slot): { start: string; end: string } {
  return { start: textOf(startMs), end: textOf(endMs) };
}
