import type { mongo } from 'mongoose';
import { BOUNDED } from './bounded-read.ts';
import { isTimeUp } from './failures.ts';

/** Counting costs time for each that matches; past this many nobody reads the number any more. */
const MOST_COUNTED = 1_000;
/** Where an index alone does not tell what matches, and documents have to be looked at. */
const MOST_COUNTED_OF_SEARCH = 200;

/** How many match. `isExact` false: at least so many. */
export interface Total {
  count: number;
  isExact: boolean;
}

/**
 * A first page and how many match, asked for side by side.
 * @param page reads no more than `limit`; one that is not full tells the number itself
 * @param conditions how many words and the like all have to be met, and documents to be looked at for. Those that meet
 *   several may be few among very many that meet one, so they are not counted
 */
export async function readCounted<Item>(
  page: Promise<Item[]>,
  collection: Pick<mongo.Collection, 'countDocuments'>,
  filter: object,
  { limit, conditions }: { limit: number; conditions: number },
): Promise<{ items: Item[]; total: Total }> {
  const most = conditions === 0 ? MOST_COUNTED : MOST_COUNTED_OF_SEARCH;
  const [items, counted] = await Promise.all([
    page,
    conditions > 1 ? undefined : countAtMost(collection, filter, most),
  ]);
  const read = { count: items.length, isExact: items.length < limit };
  // Where it could not be counted in time there are as many as are seen.
  return { items, total: read.isExact || !counted || counted.count < read.count ? read : counted };
}

/** How many match the filter, counted no further than `most`. */
export async function countAtMost(
  collection: Pick<mongo.Collection, 'countDocuments'>,
  filter: object,
  most: number,
): Promise<Total> {
  try {
    const count = await collection.countDocuments(filter, { limit: most + 1, ...BOUNDED });
    return { count: Math.min(count, most), isExact: count <= most };
  } catch (error) {
    // The page is there without it.
    if (isTimeUp(error)) return { count: 0, isExact: false };
    throw error;
  }
}
