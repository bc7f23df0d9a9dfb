import { ROLES, searchWords } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import { isId, type Store, type User, type UserQuery } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { organisationOf } from '../accounts/organisation-of.ts';
import { Query, SearchText } from '../http/paging.ts';

/** What a list of people can be narrowed down and ordered by. */
export const UserFilters = {
  role: Type.Optional(
    Type.Enum([...ROLES], { description: 'of related organisations mentors and mentees only' }),
  ),
  search: Type.Optional(
    SearchText('each word begins a word of the name or the address; case and accents do not count'),
  ),
  organisation: Type.Optional(
    Type.String({ pattern: '^[0-9a-f]{24}$', description: 'id; own and related ones if left out' }),
  ),
  designation: Type.Optional(Type.String({ maxLength: 255, description: 'the whole of it, in any case' })),
  active: Type.Optional(
    Type.Boolean({
      default: true,
      description: 'false: those of the own organisation who are not; for org_admin, without a role',
    }),
  ),
  sort: Type.Optional(
    Type.Enum(['name', '-name'], { default: 'name', description: 'with a minus from the last to the first' }),
  ),
};
const UserFiltersQuery = Query(UserFilters);

/** Nobody types more, and each is looked up. */
const MOST_SEARCHED_WORDS = 8;

/**
 * @returns undefined where nobody can match
 * @throws AppError FORBIDDEN, VALIDATION_FAILED
 */
export async function readUserFilters(
  store: Pick<Store, 'organisations'>,
  user: User,
  { role, search = '', organisation, designation, active = true, sort }: Static<typeof UserFiltersQuery>,
): Promise<Omit<UserQuery, 'after' | 'limit'> | undefined> {
  if (!active && !user.roles.includes('org_admin')) {
    throw new AppError('FORBIDDEN', 'People who are not active are shown to the role org_admin only');
  }
  if (!active && role) {
    const message = 'Cannot be asked for together with active=false; leave one of the two out';
    throw new AppError('VALIDATION_FAILED', message, {
      faults: [{ pointer: '/role', code: 'FIELD_INVALID', message }],
    });
  }
  const { id, relatedOrganisations } = await organisationOf(store, user);
  const isForPicking = role === undefined || role === 'mentor' || role === 'mentee';
  const visible = active && isForPicking ? [id, ...relatedOrganisations] : [id];
  const organisationIds = visible.filter((one) => organisation === undefined || one === organisation);
  const words = searchWords(search).slice(0, MOST_SEARCHED_WORDS);
  if (organisationIds.length === 0 || (search.trim() !== '' && words.length === 0)) return undefined;
  return {
    organisationIds,
    active,
    words,
    ...(role ? { role } : {}),
    ...(designation ? { designation } : {}),
    direction: sort === '-name' ? -1 : 1,
  };
}

/** @throws AppError NOT_FOUND for one of another organisation too */
export async function findPerson(store: Pick<Store, 'users'>, { organisationId }: User, id: string) {
  const person = isId(id) ? await store.users.findOwnUser(organisationId, id) : undefined;
  if (!person) throw new AppError('NOT_FOUND', 'There is no such person in your organisation');
  return person;
}
