import { type Actor, newId, type Organisation, type Session, type User } from '@mentorline/store';
import { type BookingDeps, checkBooking, mayBePublished } from './check-booking.ts';
import { publishSession } from './publish-together.ts';
import type { SessionInput } from './read-session-input.ts';
import { refusal } from './refusal.ts';

/**
 * Publishes a session: its slot is decided and taken in one transaction that holds the mentor's lock.
 * @throws AppError MENTOR_SLOT_TAKEN when the slot is all that is wrong, VALIDATION_FAILED with every fault otherwise
 */
export async function bookSession(
  deps: BookingDeps,
  by: { user: User; organisation: Organisation; actor: Actor },
  input: SessionInput,
): Promise<Session> {
  const at = deps.now();
  const read = await checkBooking(deps, by.organisation, input, at);
  // Whoever has been deleted since is not found the next time.
  if (mayBePublished(read) && !(await deps.store.users.keepPeople(read.people))) {
    return bookSession(deps, by, input);
  }
  const booked = await publishSession(deps.store, { id: newId(), at, ...by, read });
  if (booked.outcome === 'invalid') {
    throw refusal(booked, read.names, 'The session cannot be published; see errors');
  }
  return booked.session;
}
