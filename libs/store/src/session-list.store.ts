import { Types } from 'mongoose';
import { BOUNDED, boundedRead } from './bounded-read.ts';
import type { Models } from './models.ts';
import { leadByFirst, rarestFirst } from './rarest-first.ts';
import { aggregateAtOnce, findAtOnce } from './read-at-once.ts';
import { readTogether } from './read-together.ts';
import type { SearchWordStore } from './search-word.store.ts';
import type { SessionDocument } from './session.model.ts';
import { type Session, sessionFrom } from './session.store.ts';
import {
  filterOf,
  isShownBy,
  type SessionQuery,
  type SessionScope,
  type SessionSearch,
} from './session-query.ts';
import { readCounted, type Total } from './total.ts';
import type { UserDocument } from './user.model.ts';
import { beginningKey, type UserGroup } from './user-keys.ts';

/**
 * How many index ranges one search may have merged, about: the planner merges 200 at most, and sorts in memory past
 * that.
 */
const MOST_TITLE_WORDS = 60;
const MOST_MENTORS = 40;

/** What lists are read by, and what the notifier knows of a session: nobody is shown either. */
const NOT_SHOWN = { searchKeys: 0, untold: 0, remindAt: 0, tellAt: 0 };

export function sessionListStore({ Session, User }: Models, searchWords: SearchWordStore) {
  const rarestUsersFirst = rarestFirst(User, 'nameKey');
  const rarestSessionsFirst = rarestFirst(Session, 'start');

  const findTogether = readTogether(async (ids) => {
    const filter = { _id: { $in: ids.map((id) => new Types.ObjectId(id)) } };
    const found = await findAtOnce<SessionDocument>(Session, filter, NOT_SHOWN);
    return new Map(found.map((document) => [document._id.toHexString(), document]));
  });

  const findMentors = async (organisationIds: readonly string[], words: readonly string[]) => {
    const within = { organisationId: { $in: organisationIds.map((id) => new Types.ObjectId(id)) } };
    const ordered = await rarestUsersFirst(words, (word) => ({
      $and: [within, ...leadByFirst([[beginningKey('mentor', word)]])],
    }));
    const inGroup = (group: UserGroup, ...more: object[]) =>
      aggregateAtOnce<Pick<UserDocument, '_id'>>(User, [
        {
          $match: {
            $and: [within, ...leadByFirst(ordered.map((word) => [beginningKey(group, word)])), ...more],
          },
        },
        { $sort: { nameKey: 1, _id: 1 } },
        { $limit: MOST_MENTORS + 1 },
        { $project: { _id: 1 } },
      ]);
    // Their sessions stay when people leave.
    const found = await Promise.all([inGroup('mentor'), inGroup('inactive', { roles: 'mentor' })]);
    return firstOf(
      found.flat().map(({ _id }) => _id.toHexString()),
      MOST_MENTORS,
    );
  };

  const findTitleWords = async (organisationId: string, words: readonly string[], most: number) => {
    const begun = await Promise.all(
      words.map(async (word) => firstOf(await searchWords.findWords(organisationId, word, most + 1), most)),
    );
    const within = { organisationId: new Types.ObjectId(organisationId) };
    const found = await rarestSessionsFirst(
      begun.map(({ first }) => first),
      (keys) => ({ $and: [within, ...leadByFirst([keys])] }),
    );
    return { found, areAll: begun.every(({ areAll }) => areAll) };
  };

  const readPage = async (
    filter: object,
    { direction, limit }: Pick<SessionQuery, 'direction' | 'limit'>,
    now: Date,
  ): Promise<Session[]> => {
    const documents = await boundedRead(
      Session.collection
        .find<SessionDocument>(filter, { projection: NOT_SHOWN, ...BOUNDED })
        .sort({ start: direction, _id: direction })
        .limit(limit)
        .toArray(),
    );
    return documents.map((document) => sessionFrom(document, now));
  };

  return {
    /**
     * What sessions have to have to be found by words, each of which a word of the title must begin with, or each a word
     * of the mentor's name or address. Of a beginning that very many words or mentors share the first count, of mentors
     * those who are active before others: then the search is not whole.
     * @param words folded, see `searchWords`
     * @param among the organisations in whose sessions is searched, and those whose mentors they may have
     */
    async prepareSearch(
      words: readonly string[],
      among: { sessionsOf: readonly string[]; mentorsOf: readonly string[] },
    ): Promise<SessionSearch> {
      if (words.length === 0) return { words, mentorIds: [], titleWords: new Map(), isWhole: true };
      const { sessionsOf, mentorsOf } = among;
      const most = Math.max(1, Math.floor(MOST_TITLE_WORDS / Math.max(1, sessionsOf.length)));
      const [mentors, ...begun] = await Promise.all([
        findMentors(mentorsOf, words),
        ...sessionsOf.map((organisationId) => findTitleWords(organisationId, words, most)),
      ]);
      return {
        words,
        mentorIds: mentors.first,
        titleWords: new Map(sessionsOf.map((id, index) => [id, begun[index]!.found])),
        isWhole: mentors.areAll && begun.every(({ areAll }) => areAll),
      };
    },

    /** @returns the session if any of the scopes shows it */
    async findSession(id: string, scopes: readonly SessionScope[], now: Date): Promise<Session | undefined> {
      const document = (await findTogether([id])).get(id);
      const session = document && sessionFrom(document, now);
      return session && isShownBy(scopes, session) ? session : undefined;
    },

    /** The first page in order of start, and the number of all that match. */
    async listSessions(
      query: Omit<SessionQuery, 'after'>,
      now: Date,
    ): Promise<{ items: Session[]; total: Total }> {
      const filter = filterOf(query, now);
      if (!filter) return { items: [], total: { count: 0, isExact: true } };
      const { limit, search, category } = query;
      const conditions = (search?.words.length ?? 0) + (category === undefined ? 0 : 1);
      const page = readPage(filter, query, now);
      const { items, total } = await readCounted(page, Session.collection, filter, { limit, conditions });
      return { items, total: { ...total, isExact: total.isExact && search?.isWhole !== false } };
    },

    /** A page in order of start. */
    async readSessionPage(query: SessionQuery, now: Date): Promise<Session[]> {
      const filter = filterOf(query, now);
      return filter ? readPage(filter, query, now) : [];
    },
  };
}

function firstOf<Found>(found: readonly Found[], most: number): { first: readonly Found[]; areAll: boolean } {
  return { first: found.slice(0, most), areAll: found.length <= most };
}
