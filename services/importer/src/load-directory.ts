import type { Directory, OrganisationSettings, Person, ReadRow } from '@mentorline/domain';
import type { Organisation, Store } from '@mentorline/store';
import type { LRUCache } from 'lru-cache';

/** People looked up so far, by reference; nobody inside: looked for and not found. */
export type KnownPeople = LRUCache<string, { person: Person | undefined }>;

/** Everybody the rows name, with one look-up for those not known yet. */
export async function loadDirectory(
  deps: { store: Store; organisation: Organisation; settings: OrganisationSettings; people: KnownPeople },
  readings: readonly ReadRow[],
): Promise<Directory> {
  const { store, organisation, settings, people } = deps;
  const found = new Map<string, Person | undefined>();
  const missing = new Set<string>();
  for (const { draft } of readings) {
    for (const reference of [draft.mentor ?? [], draft.mentees ?? []].flat()) {
      const known = people.get(reference);
      if (known) found.set(reference, known.person);
      else missing.add(reference);
    }
  }
  if (missing.size > 0) {
    const looked = await store.users.findPeople(organisation, missing);
    for (const reference of missing) {
      const person = frozen(looked.get(reference), organisation, settings);
      people.set(reference, { person });
      found.set(reference, person);
    }
  }
  return { find: (reference) => found.get(reference) };
}

/** The organisation's own mentors keep the gap that held when the file was accepted, as its other rules do. */
function frozen(
  person: Person | undefined,
  { id }: Organisation,
  { slotGapMinutes }: OrganisationSettings,
): Person | undefined {
  return person?.organisationId === id ? { ...person, slotGapMinutes } : person;
}
