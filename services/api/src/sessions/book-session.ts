import { type CheckedSession, checkSession } from '@mentorline/domain';
import {
  type Actor,
  newId,
  type Organisation,
  type Session,
  type SlotRequest,
  type Store,
  type User,
} from '@mentorline/store';
import { publishSession } from './publish-together.ts';
import { type ReadSession, readSessionInput, type SessionInput } from './read-session-input.ts';
import { refusal } from './refusal.ts';

export interface BookingDeps {
  store: Store;
  now: () => Date;
}

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
  const booked = await publishSession(deps.store, { id: newId(), at, ...by, read });
  if (booked.outcome === 'invalid') {
    throw refusal(booked, read.names, 'The session cannot be published; see errors');
  }
  return booked.session;
}

/** All that can be known of a session before its mentor's calendar is asked. */
export async function checkBooking(
  { store }: BookingDeps,
  organisation: Organisation,
  input: SessionInput,
  at: Date,
): Promise<ReadSession & { checked: CheckedSession; requests: SlotRequest[] }> {
  const read = readSessionInput(input, organisation);
  const { draft, names } = read;
  const references = [draft.mentor ?? [], draft.mentees ?? []].flat();
  const { recommendedFor = [], categories = [], medium = [] } = draft;
  const [people, options] = await Promise.all([
    store.users.findPeople(organisation, references),
    store.options.loadNamed(organisation.id, { recommendedFor, categories, medium }),
  ]);
  const checked = checkSession(draft, {
    directory: { find: (reference) => people.get(reference) },
    options,
    settings: organisation.settings,
    nowMs: at.getTime(),
    names,
  });
  const { mentor, slot } = checked;
  const requests =
    mentor && slot ? [{ mentorId: mentor.id, slot, slotGapMinutes: mentor.slotGapMinutes }] : [];
  return { ...read, checked, requests };
}
