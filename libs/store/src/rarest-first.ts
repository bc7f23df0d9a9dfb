import { MINUTE_MS } from '@mentorline/runtime';
import { LRUCache } from 'lru-cache';
import type { mongo } from 'mongoose';

/**
 * How far is counted: no further than one of the words has been told to be rarer. Of those that all stand in more, it
 * hardly matters which leads.
 */
const COUNTED = [500, 4_000];
/** What is rare stays so for a while; a count that is out of date costs time only. */
const REMEMBERED = { max: 5_000, ttl: 10 * MINUTE_MS };

/** Orders what is searched for in a collection by its `searchKeys`. */
export function rarestFirst(collection: Pick<mongo.Collection, 'countDocuments'>) {
  const known = new LRUCache<string, number>(REMEMBERED);

  const countUpTo = async (limit: number, filter: object): Promise<number> => {
    const key = `${limit} ${JSON.stringify(filter)}`;
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const count = await collection.countDocuments(filter, { limit });
    known.set(key, count);
    return count;
  };

  /**
   * Puts what fewest documents have in front.
   * @param within what they are looked for in, with which each is one stretch of an index
   * @param wanted each the keys of which one has to be there
   */
  return async (
    within: object,
    wanted: readonly (readonly string[])[],
  ): Promise<readonly (readonly string[])[]> => {
    if (wanted.length < 2) return wanted;
    for (const limit of COUNTED) {
      const counted = await Promise.all(
        wanted.map(async (keys) => ({
          keys,
          count: await countUpTo(limit, { $and: [within, { searchKeys: { $in: keys } }] }),
        })),
      );
      const sorted = counted.sort((a, b) => a.count - b.count);
      if (sorted[0]!.count < limit) return sorted.map(({ keys }) => keys);
    }
    return wanted;
  };
}

/**
 * Conditions of which the index is read by the first, and what that brings is held against the others. Put like this they
 * cannot lead: the planner would prefer one without alternatives to it, and try them all in turn where it knows no better.
 */
export function leadByFirst(wanted: readonly (readonly string[])[]): object[] {
  return wanted.map((keys, index) => ({
    searchKeys: index === 0 ? { $in: keys } : { $not: { $nin: keys } },
  }));
}
