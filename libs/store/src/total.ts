import type { mongo } from 'mongoose';

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
 * How many match the filter of a first page.
 * @param page what was read of it, with the limit it was read with: one that is not full has been counted already.
 * `conditions`: how many words and the like all have to be met. Those that meet several may be few among very many that
 * meet one, so they are not counted
 */
export async function countUpTo(
  collection: Pick<mongo.Collection, 'countDocuments'>,
  filter: object,
  { items, limit, conditions }: { items: readonly unknown[]; limit: number; conditions: number },
): Promise<Total> {
  if (items.length < limit) return { count: items.length, isExact: true };
  if (conditions > 1) return { count: items.length, isExact: false };
  const most = conditions === 0 ? MOST_COUNTED : MOST_COUNTED_OF_SEARCH;
  return countAtMost(collection, filter, most);
}

/** How many match the filter, counted no further than `most`. */
export async function countAtMost(
  collection: Pick<mongo.Collection, 'countDocuments'>,
  filter: object,
  most: number,
): Promise<Total> {
  const count = await collection.countDocuments(filter, { limit: most + 1 });
  return { count: Math.min(count, most), isExact: count <= most };
}
