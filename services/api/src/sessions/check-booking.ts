import { type CheckedSession, checkSession } from '@mentorline/domain';
import type { FoundPerson, Organisation, SlotRequest, Store } from '@mentorline/store';
import { type ReadSession, readSessionInput, type SessionInput } from './read-session-input.ts';

export interface BookingDeps {
  store: Store;
  now: () => Date;
}

export interface CheckedBooking extends ReadSession {
  checked: CheckedSession;
  requests: SlotRequest[];
  people: readonly FoundPerson[];
}

/** Nothing is wrong with it unless its slot is taken. */
export function mayBePublished({ errors, checked, requests }: CheckedBooking): boolean {
  return requests.length > 0 && errors.length + checked.errors.length === 0;
}

/** All that can be known of a session before its mentor's calendar is asked. */
export async function checkBooking(
  { store }: BookingDeps,
  organisation: Organisation,
  input: SessionInput,
  at: Date,
): Promise<CheckedBooking> {
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
  return { ...read, checked, requests, people: [...people.values()] };
}
