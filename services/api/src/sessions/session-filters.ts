import { SESSION_STATUSES, SESSION_TYPES } from '@mentorline/domain';
import { isId, type SessionQuery, type Store, type User } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { organisationOf } from '../accounts/organisation-of.ts';
import { Instant } from '../http/instant.ts';
import { Query } from '../http/paging.ts';

/** What a list of sessions can be narrowed down and ordered by. */
export const SessionFilters = {
  status: Type.Optional(Type.Enum([...SESSION_STATUSES], { description: 'all but CANCELLED if left out' })),
  type: Type.Optional(Type.Enum([...SESSION_TYPES])),
  mentor: Type.Optional(Type.String({ description: 'user id or e-mail address' })),
  from: Type.Optional(Instant('start not before')),
  to: Type.Optional(Instant('start before')),
  sort: Type.Optional(Type.Enum(['start', '-start'], { default: 'start' })),
};
const SessionFiltersQuery = Query(SessionFilters);

/** @returns undefined where nothing can match: the mentor is nobody whom the organisation can see */
export async function readSessionFilters(
  store: Pick<Store, 'organisations' | 'users'>,
  user: User,
  { status, type, mentor, from, to, sort }: Static<typeof SessionFiltersQuery>,
): Promise<Omit<SessionQuery, 'scopes' | 'after' | 'limit'> | undefined> {
  const mentorId = mentor === undefined ? undefined : await mentorIdOf(store, user, mentor);
  if (mentor !== undefined && mentorId === undefined) return undefined;
  return {
    ...(status ? { status } : {}),
    ...(type ? { type } : {}),
    ...(mentorId ? { mentorId } : {}),
    ...(from ? { from: new Date(from) } : {}),
    ...(to ? { to: new Date(to) } : {}),
    direction: sort === '-start' ? -1 : 1,
  };
}

/** An id, or the id behind an e-mail address. */
async function mentorIdOf(
  store: Pick<Store, 'organisations' | 'users'>,
  user: User,
  reference: string,
): Promise<string | undefined> {
  if (isId(reference)) return reference;
  const key = reference.toLowerCase();
  return (await store.users.findPeople(await organisationOf(store, user), [key])).get(key)?.id;
}
