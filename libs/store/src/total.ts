import type { mongo } from 'mongoose';

/** Counting costs time for each that matches; past this many nobody reads the number any more. */
const MOST_COUNTED = 1_000;
/** Where documents have to be looked at to be counted, and more of them than match: who searches looks at the first. */
const MOST_COUNTED_OF_SEARCH = 200;

/** How many match. `isExact` false: at least so many. */
export interface Total {
  count: number;
  isExact: boolean;
}

/**
 * How many match the filter of a first page.
 * @param page what was read of it, with the limit it was read with: one that is not full has been counted already;
 * `isSearch`: an index alone cannot tell what matches
 */
export async function countUpTo(
  collection: Pick<mongo.Collection, 'countDocuments'>,
  filter: object,
  page: { items: readonly unknown[]; limit: number; isSearch: boolean },
): Promise<Total> {
  const { items, limit, isSearch } = page;
  const most = isSearch ? MOST_COUNTED_OF_SEARCH : MOST_COUNTED;
  if (items.length < limit) return { count: items.length, isExact: true };
  const count = await collection.countDocuments(filter, { limit: most + 1 });
  return { count: Math.min(count, most), isExact: count <= most };
}
