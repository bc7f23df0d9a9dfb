import type { mongo } from 'mongoose';

/**
 * How far is counted: no further than one of the words has been told to be rarer. Of those that all stand in more, it
 * hardly matters which leads.
 */
const COUNTED = [500, 4_000];

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
  for (const limit of COUNTED) {
    const counted = await Promise.all(
      conditions.map(async (condition) => ({
        condition,
        count: await collection.countDocuments({ $and: [within, condition] }, { limit }),
      })),
    );
    const sorted = counted.sort((a, b) => a.count - b.count);
    if (sorted[0]!.count < limit) return sorted.map(({ condition }) => condition);
  }
  return conditions;
}
