import { optionValue, SESSION_STATUSES, SESSION_TYPES, searchWords } from '@mentorline/domain';
import {
  isId,
  type SessionQuery,
  type SessionScope,
  type SessionSearch,
  type Store,
  type User,
} from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { organisationOf } from '../accounts/organisation-of.ts';
import { Instant } from '../http/instant.ts';
import { Query, SearchText } from '../http/paging.ts';

/** What a list of sessions can be narrowed down and ordered by. */
export const SessionFilters = {
  search: Type.Optional(
    SearchText(
      'each word begins a word of the title, or each begins one of the name or address of the mentor; ' +
        'case and accents do not count, words with digits are found whole only. The first eight words are looked ' +
        'for, in the first twelve of a title. Of a beginning that more than some 60 words or 40 mentors share, the ' +
        'first in alphabetical order are looked for, and `totalIsExact` is false: more letters find more',
    ),
  ),
  status: Type.Optional(Type.Enum([...SESSION_STATUSES], { description: 'all but CANCELLED if left out' })),
  type: Type.Optional(Type.Enum([...SESSION_TYPES], { description: 'both if left out' })),
  mentor: Type.Optional(Type.String({ description: 'user id or e-mail address' })),
  category: Type.Optional(Type.String({ maxLength: 255, description: 'label or value of an option' })),
  from: Type.Optional(Instant('start not before')),
  to: Type.Optional(Instant('start before')),
  sort: Type.Optional(
    Type.Enum(['start', '-start'], {
      default: 'start',
      description: 'with a minus from the last to the first',
    }),
  ),
};
const SessionFiltersQuery = Query(SessionFilters);
/** Each is looked up; nobody types more. */
const MOST_SEARCHED_WORDS = 8;

/**
 * @param scopes whose sessions are listed
 * @returns undefined where nothing can match: the mentor is nobody whom the organisation can see, or nothing of what
 *   is searched for is a word
 */
export async function readSessionFilters(
  store: Pick<Store, 'organisations' | 'users' | 'options' | 'sessions'>,
  user: User,
  scopes: readonly SessionScope[],
  { search, status, type, mentor, category, from, to, sort }: Static<typeof SessionFiltersQuery>,
): Promise<Omit<SessionQuery, 'after' | 'limit'> | undefined> {
  const [mentorId, value, found] = await Promise.all([
    mentor === undefined ? undefined : mentorIdOf(store, user, mentor),
    category === undefined ? undefined : categoryOf(store, user, category),
    search?.trim() ? searchFor(store, user, scopes, search) : undefined,
  ]);
  if (mentor !== undefined && mentorId === undefined) return undefined;
  if (found?.words.length === 0) return undefined;
  return {
    scopes,
    ...(found ? { search: found } : {}),
    ...(status ? { status } : {}),
    ...(type ? { type } : {}),
    ...(mentorId ? { mentorId } : {}),
    ...(value === undefined ? {} : { category: value }),
    ...(from ? { from: new Date(from) } : {}),
    ...(to ? { to: new Date(to) } : {}),
    direction: sort === '-start' ? -1 : 1,
  };
}

async function searchFor(
  store: Pick<Store, 'organisations' | 'sessions'>,
  user: User,
  scopes: readonly SessionScope[],
  text: string,
): Promise<SessionSearch> {
  const words = searchWords(text).slice(0, MOST_SEARCHED_WORDS);
  const sessionsOf = scopes.flatMap((scope) => {
    if (scope.kind === 'organisation') return [scope.organisationId];
    return scope.kind === 'mentee' ? scope.organisationIds : [];
  });
  const { id, relatedOrganisations } = await organisationOf(store, user);
  return store.sessions.prepareSearch(words, {
    sessionsOf: [...new Set(sessionsOf)],
    mentorsOf: [...new Set([id, ...relatedOrganisations, ...sessionsOf])],
  });
}

/** The value of the option that is named so, or would be. */
async function categoryOf(store: Pick<Store, 'options'>, user: User, text: string): Promise<string> {
  const option = await store.options.findOption(user.organisationId, 'categories', text);
  return option?.value ?? optionValue(text);
}

/** An id, or the id behind the e-mail address of somebody whom the organisation can see, or could: sessions stay. */
async function mentorIdOf(
  store: Pick<Store, 'organisations' | 'users'>,
  user: User,
  reference: string,
): Promise<string | undefined> {
  if (isId(reference)) return reference;
  const [found, { id, relatedOrganisations }] = await Promise.all([
    store.users.findUserByEmail(reference.toLowerCase()),
    organisationOf(store, user),
  ]);
  return found && [id, ...relatedOrganisations].includes(found.organisationId) ? found.id : undefined;
}
