import type { mongo } from 'mongoose';

/** Counting costs time for each that matches; past this many nobody reads the number any more. */
const MOST_COUNTED = 1_000;

/** How many match. `isExact` false: at least so many. */
export interface Total {
  count: number;
  isExact: boolean;
}

/**
 * How many match the filter of a first page.
 * @param page what was read of it, with the limit it was read with: one that is not full has been counted already
 */
export async function countUpTo(
  collection: Pick<mongo.Collection, 'countDocuments'>,
  filter: object,
  page: { items: readonly unknown[]; limit: number },
): Promise<Total> {
  const { items, limit } = page;
  if (items.length < limit) return { count: items.length, isExact: true };
  const count = await collection.countDocuments(filter, { limit: MOST_COUNTED + 1 });
  return { count: Math.min(count, MOST_COUNTED), isExact: count <= MOST_COUNTED };
}
