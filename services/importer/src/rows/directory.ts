import type { Directory, Person } from '@mentorline/domain';
import type { Import, Organisation, Store } from '@mentorline/store';
import { LRUCache } from 'lru-cache';

const KNOWN_PEOPLE = 50_000;

/** The people whom the rows of an import name, looked up a chunk at a time and remembered. */
export interface ImportDirectory {
  /** Those behind references (ids, addresses) whom the organisation can see. */
  load(references: Iterable<string>): Promise<Directory>;
  /** Those who are in sessions already, whether or not the organisation can still see them; by id. */
  loadIds(ids: Iterable<string>): Promise<ReadonlyMap<string, Person>>;
}

export function openDirectory(store: Store, organisation: Organisation, input: Import): ImportDirectory {
  const { slotGapMinutes } = input.settings;
  /** The organisation's own mentors keep the gap that held when the file was accepted, as its other rules do. */
  const frozen = (person: Person): Person =>
    person.organisationId === organisation.id ? { ...person, slotGapMinutes } : person;
  const visible = remembering((references) => store.users.findPeople(organisation, references), frozen);
  const everybody = remembering((ids) => store.users.findPeopleById(ids), frozen);
  return {
    async load(references) {
      const people = await visible(references);
      return { find: (reference) => people.get(reference) };
    },
    loadIds: everybody,
  };
}

/** Looks up what is not known yet; that somebody was not found is remembered too. */
function remembering(
  lookUp: (keys: string[]) => Promise<ReadonlyMap<string, Person>>,
  frozen: (person: Person) => Person,
): (keys: Iterable<string>) => Promise<ReadonlyMap<string, Person>> {
  // By size: with `max` it would take the room for all of them at once, for every import.
  const known = new LRUCache<string, { person: Person | undefined }>({
    ...{ maxSize: KNOWN_PEOPLE, sizeCalculation: () => 1 },
  });
  return async (keys) => {
    const found = new Map<string, Person>();
    const missing: string[] = [];
    for (const key of new Set(keys)) {
      const remembered = known.get(key);
      if (!remembered) missing.push(key);
      else if (remembered.person) found.set(key, remembered.person);
    }
    if (missing.length === 0) return found;
    const looked = await lookUp(missing);
    for (const key of missing) {
      const person = looked.get(key);
      known.set(key, { person: person && frozen(person) });
      if (person) found.set(key, frozen(person));
    }
    return found;
  };
}
