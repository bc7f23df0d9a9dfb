import type { mongo } from 'mongoose';

const BATCH = 500;
/** Documents that are overtaken so often are not being written by people. */
const MOST_ROUNDS = 20;

/** Where a migration stands, and how it says so. */
export interface Progress {
  /** Where an earlier run left off; null: nowhere. */
  readonly after: unknown;
  /** Notes that all up to a document are done. @throws when another runner has taken over */
  note(after: unknown, changed: number): Promise<void>;
}

/**
 * Gives documents what they lack, a batch at a time in order of id, while the services write. One that somebody
 * changes between its being read and written is left as it is, and seen by the next round.
 * @param given.lacking finds documents that are still to be done
 * @param given.madeFrom the fields that what is set depends on
 * @param given.prepare sees each batch before it is written
 * @param given.set what a document is to be given; nothing where it needs nothing
 */
export async function backfill<Stored extends { _id: unknown }>(
  collection: mongo.Collection,
  progress: Progress,
  given: {
    lacking: object;
    madeFrom: readonly (keyof Stored & string)[];
    prepare?: (documents: readonly Stored[]) => Promise<void>;
    set: (document: Stored) => object | undefined;
  },
): Promise<void> {
  let { after } = progress;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let overtaken = 0;
    for (;;) {
      const documents = (await collection
        .find(after === null ? given.lacking : { $and: [given.lacking, { _id: { $gt: after as never } }] })
        .sort({ _id: 1 })
        .limit(BATCH)
        .toArray()) as unknown as Stored[];
      if (documents.length === 0) break;
      await given.prepare?.(documents);
      const writes = documents.flatMap((document) => {
        const set = given.set(document);
        const filter = { _id: document._id as never, ...asRead(document, given.madeFrom) };
        return set ? [{ updateOne: { filter, update: { $set: set } } }] : [];
      });
      const matched =
        writes.length > 0 ? (await collection.bulkWrite(writes, { ordered: false })).matchedCount : 0;
      overtaken += writes.length - matched;
      after = documents.at(-1)!._id;
      await progress.note(after, matched);
    }
    if (overtaken === 0) return;
    after = null;
  }
  throw new Error(`${collection.collectionName}: documents keep being changed while they are migrated`);
}

/** Filter: these fields still are as they were read. */
function asRead<Stored>(document: Stored, names: readonly (keyof Stored & string)[]): object {
  return Object.fromEntries(
    names.map((name) => [name, document[name] === undefined ? { $exists: false } : { $eq: document[name] }]),
  );
}
