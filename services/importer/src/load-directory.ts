import type { Directory, Person, ReadRow } from '@mentorline/domain';
import type { Organisation, Store } from '@mentorline/store';
import type { LRUCache } from 'lru-cache';

/** People looked up so far, by reference; nobody inside: looked for and not found. */
export type KnownPeople = LRUCache<string, { person: Person | undefined }>;

/** Everybody the rows name, with one look-up for those not known yet. */
export async function loadDirectory(
  deps: { store: Store; organisation: Organisation; people: KnownPeople },
  readings: readonly ReadRow[],
): Promise<Directory> {
  const { store, organisation, people } = deps;
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
      const person = looked.get(reference);
      people.set(reference, { person });
      found.set(reference, person);
    }
  }
  return { find: (reference) => found.get(reference) };
}
