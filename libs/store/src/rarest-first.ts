import type { mongo } from 'mongoose';

/** Which of two words is the commoner does not matter much past so many. */
const MOST_COUNTED = 500;

/**
 * Puts the condition that fewest documents meet in front: of several on one array the index is read by the first, and
 * what that brings is held against the others.
 * @param within what they are looked for in, with which they are one stretch of an index
 */
export async function rarestFirst<Condition extends object>(
  collection: Pick<mongo.Collection, 'countDocuments'>,
  within: object,
  conditions: readonly Condition[],
): Promise<readonly Condition[]> {
  if (conditions.length < 2) return conditions;
  const counted = await Promise.all(
    conditions.map(async (condition) => ({
      condition,
      count: await collection.countDocuments({ $and: [within, condition] }, { limit: MOST_COUNTED }),
    })),
  );
  return counted.sort((a, b) => a.count - b.count).map(({ condition }) => condition);
}
