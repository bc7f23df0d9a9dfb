import type { mongo } from 'mongoose';

/**
 * Makes documents exist; those that do stay as they are. Outside any transaction: an upsert inside one is not safe to
 * retry.
 * @param fresh what a new one holds beside its id
 */
export async function ensureDocuments(
  collection: Pick<mongo.Collection, 'bulkWrite'>,
  ids: readonly (mongo.ObjectId | string)[],
  fresh: object,
): Promise<void> {
  if (ids.length === 0) return;
  await collection.bulkWrite(
    ids.map((id) => ({
      updateOne: { filter: { _id: id as never }, update: { $setOnInsert: fresh }, upsert: true },
    })),
    { ordered: false, writeConcern: { w: 'majority' } },
  );
}
