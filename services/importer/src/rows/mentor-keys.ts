import type { Store } from '@mentorline/store';
import { LRUCache } from 'lru-cache';

const KNOWN_MENTORS = 50_000;

/**
 * By session ids, the addresses of their mentors: the key that rows about a session share with those that want the same
 * mentor. Neither a session's mentor nor an address ever changes, so a resumed import finds the same keys. Blank for an
 * id that names no session.
 */
export function mentorKeys(
  store: Store,
  organisationId: string,
): (sessionIds: readonly string[]) => Promise<string[]> {
  // By size: with `max` it would take the room for all of them at once, for every import.
  const emails = new LRUCache<string, string>({ maxSize: KNOWN_MENTORS, sizeCalculation: () => 1 });
  return async (sessionIds) => {
    const mentors = await store.sessions.findMentors(organisationId, sessionIds);
    const missing = [...new Set(mentors.values())].filter((id) => !emails.has(id));
    if (missing.length > 0) {
      for (const { id, email } of (await store.users.findUsers(missing)).values()) emails.set(id, email);
    }
    return sessionIds.map((id) => emails.get(mentors.get(id) ?? '') ?? '');
  };
}
