import { MINUTE_MS } from '@mentorline/runtime';
import { LRUCache } from 'lru-cache';
import { aggregateAtOnce, type Source } from './read-at-once.ts';

/** Of what stands in more than so many, how far these reach in the order of the list tells how common it is. */
const LOOKED_AT = 200;
/** What is rare stays so for a while; a measure that is out of date costs time only. */
const REMEMBERED = { max: 5_000, ttl: 10 * MINUTE_MS };

/** How much of a list holds something. */
interface Spread {
  /** Of those looked at. */
  count: number;
  /** Where the last of them stands. */
  reach: Date | string;
}

/**
 * Orders what is searched for. A list that is read by one condition looks at all that meet it until
 * enough meet the others too, so it is to be the rarest: where the others are commoner, there are fewer to look at.
 * @param order the field by which the list is ordered
 */
export function rarestFirst(source: Source, order: 'start' | 'nameKey') {
  const known = new LRUCache<string, Spread>(REMEMBERED);

  const spreadOf = async (filter: object): Promise<Spread> => {
    const key = JSON.stringify(filter);
    const remembered = known.get(key);
    if (remembered) return remembered;
    const [found] = await aggregateAtOnce<Spread>(source, [
      { $match: filter },
      { $sort: { [order]: 1, _id: 1 } },
      { $limit: LOOKED_AT },
      { $group: { _id: null, count: { $sum: 1 }, reach: { $max: `$${order}` } } },
    ]);
    const spread = found ?? { count: 0, reach: '' };
    known.set(key, spread);
    return spread;
  };

  /**
   * Puts what fewest documents meet in front.
   * @param wanted each one or a few stretches of one index; @param conditionOf it, as a condition
   */
  return async <Wanted>(
    wanted: readonly Wanted[],
    conditionOf: (wanted: Wanted) => object,
  ): Promise<readonly Wanted[]> => {
    if (wanted.length < 2) return wanted;
    const spreads = await Promise.all(
      wanted.map(async (one) => ({ one, spread: await spreadOf(conditionOf(one)) })),
    );
    return spreads
      .sort(({ spread: a }, { spread: b }) => a.count - b.count || (a.reach < b.reach ? 1 : -1))
      .map(({ one }) => one);
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
