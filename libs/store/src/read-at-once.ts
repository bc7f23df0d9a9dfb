import type { Collection, Connection, mongo } from 'mongoose';

/** Of documents: a model. */
export interface Source {
  readonly db: Connection;
  readonly collection: Collection;
}

interface Asked {
  source: Source;
  stages: Stages;
  /** When nothing else is asked for: a find costs the server less. */
  alone?: () => Promise<unknown[]>;
  resolve: (documents: never[]) => void;
  reject: (error: unknown) => void;
}

type Stages = readonly mongo.BSON.Document[];

const asked = new WeakMap<Connection, Asked[]>();
/** All in one answer: the server would else hand out the first 101. Answers end at 16 MiB anyway. */
const IN_ONE = { batchSize: 10_000 };

/**
 * Finds few documents by their keys. What is asked for at the same moment, in whatever collections, is one trip to the
 * database: of such a read the trip is most.
 */
export function findAtOnce<Found>(source: Source, filter: object, projection: object = {}): Promise<Found[]> {
  const project = Object.keys(projection).length > 0 ? [{ $project: projection }] : [];
  return ask<Found>(source, [{ $match: filter }, ...project], () =>
    source.collection.find(filter, { ...IN_ONE, projection }).toArray(),
  );
}

/** The same of a pipeline that brings few documents. */
export function aggregateAtOnce<Found>(source: Source, stages: Stages): Promise<Found[]> {
  return ask<Found>(source, stages);
}

function ask<Found>(source: Source, stages: Stages, alone?: Asked['alone']): Promise<Found[]> {
  return new Promise<Found[]>((resolve, reject) => {
    const together = asked.get(source.db) ?? [];
    if (together.length === 0) {
      asked.set(source.db, together);
      // Those who wait for the end of the same turn have asked when the microtasks before this one are done.
      queueMicrotask(() => {
        asked.delete(source.db);
        readAll(together).catch((error) => {
          for (const { reject: fail } of together) fail(error);
        });
      });
    }
    together.push({
      ...{ source, stages, resolve: resolve as Asked['resolve'], reject },
      ...(alone ? { alone } : {}),
    });
  });
}

async function readAll(all: readonly Asked[]): Promise<void> {
  const [first, ...others] = all as [Asked, ...Asked[]];
  if (first.alone && others.length === 0) return first.resolve((await first.alone()) as never[]);
  const stages = [
    ...marked(first, 0),
    ...others.map((other, index) => ({
      $unionWith: { coll: other.source.collection.collectionName, pipeline: marked(other, index + 1) },
    })),
  ];
  const found: never[][] = all.map(() => []);
  const documents = first.source.collection.aggregate<{ of: number; document: never }>(stages, IN_ONE);
  for (const { of, document } of await documents.toArray()) found[of]!.push(document);
  for (const [index, { resolve }] of all.entries()) resolve(found[index]!);
}

function marked({ stages }: Asked, of: number): mongo.BSON.Document[] {
  return [...stages, { $replaceWith: { of: { $literal: of }, document: '$$ROOT' } }];
}
