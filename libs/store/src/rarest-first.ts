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

/** Orders conditions for searches in the collection. */
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
   * Puts the condition that fewest documents meet in front: of several on one array the index is read by the first, and
   * what that brings is held against the others.
   * @param within what they are looked for in, with which they are one stretch of an index
   */
  return async <Condition extends object>(
    within: object,
    conditions: readonly Condition[],
  ): Promise<readonly Condition[]> => {
    if (conditions.length < 2) return conditions;
    for (const limit of COUNTED) {
      const counted = await Promise.all(
        conditions.map(async (condition) => ({
          condition,
          count: await countUpTo(limit, { $and: [within, condition] }),
        })),
      );
      const sorted = counted.sort((a, b) => a.count - b.count);
      if (sorted[0]!.count < limit) return sorted.map(({ condition }) => condition);
    }
    return conditions;
  };
}
