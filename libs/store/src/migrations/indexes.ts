import type { Model } from 'mongoose';
import type { Models } from '../models.ts';

type Index = [key: Record<string, unknown>, options: Record<string, unknown>];

/** Of earlier versions: by collection and name. */
const INDEXES_OF_BEFORE: Readonly<Record<string, readonly string[]>> = {
  // The first when mails all were about imports: it would let one mail of another kind in.
  mails: ['importId_1_kind_1', 'status_1_nextAttemptAt_1', 'status_1__id_-1'],
  // The beginnings of others, that every write would pay for.
  sessions: [
    'organisationId_1_type_1_start_1__id_1',
    'organisationId_1_start_1__id_1',
    'mentorId_1_start_1__id_1',
  ],
  users: ['organisationId_1_name_1__id_1'],
};

/** What the files of the driver are found by, and what `deleteOtherFiles` looks for. */
const INDEXES_OF_FILES: Readonly<Record<string, readonly Index[]>> = {
  'files.files': [
    [{ 'metadata.importId': 1 }, { partialFilterExpression: { 'metadata.importId': { $exists: true } } }],
  ],
  // The driver makes it with the first file of all only: not after a restore.
  'files.chunks': [[{ files_id: 1, n: 1 }, { unique: true }]],
};

interface Declared {
  name: string;
  indexes: readonly Index[];
}

interface Difference {
  collection: string;
  toCreate: {
    name: string;
    unique: boolean;
    key: Record<string, unknown>;
    options: Record<string, unknown>;
  }[];
  toDrop: { name: string; unique: boolean }[];
  /** Not there, or something is to be created and there is no document yet. */
  isEmpty: boolean;
}

function declared({ connection }: Models): Declared[] {
  return [
    ...Object.values(connection.models).map((model: Model<unknown>) => ({
      name: model.collection.collectionName,
      indexes: model.schema.indexes() as unknown as Index[],
    })),
    ...Object.entries(INDEXES_OF_FILES).map(([name, indexes]) => ({ name, indexes })),
  ];
}

function nameOf(key: Record<string, unknown>): string {
  return Object.entries(key)
    .map(([field, direction]) => `${field}_${direction}`)
    .join('_');
}

/** What tells two indexes of one name apart. */
function kindOf({ unique, partialFilterExpression, expireAfterSeconds }: Record<string, unknown>): string {
  return JSON.stringify([unique ?? false, partialFilterExpression ?? null, expireAfterSeconds ?? null]);
}

/** What the database has otherwise than this version declares. Indexes that others have added are left alone. */
async function differences(models: Models): Promise<Difference[]> {
  const { connection } = models;
  const there = new Set((await connection.listCollections()).map(({ name }) => name));
  return Promise.all(
    declared(models).map(async ({ name: collection, indexes }) => {
      const isThere = there.has(collection);
      const found = isThere ? await connection.collection(collection).indexes() : [];
      const kinds = new Map(found.map(({ name, ...index }) => [name, kindOf(index)]));
      const toCreate = indexes
        .map(([key, { background: _, ...options }]) => ({
          name: nameOf(key),
          key,
          options,
          unique: options.unique === true,
        }))
        .filter(({ name, options }) => kinds.get(name) !== kindOf(options));
      const outdated = new Set([
        ...(INDEXES_OF_BEFORE[collection] ?? []),
        ...toCreate.map(({ name }) => name),
      ]);
      const toDrop = found
        .filter(({ name }) => outdated.has(name!))
        .map(({ name, unique }) => ({ name: name!, unique: unique === true }));
      const isEmpty =
        !isThere || (toCreate.length > 0 && !(await connection.collection(collection).findOne()));
      return { collection, toCreate, toDrop, isEmpty };
    }),
  );
}

async function conform({ connection }: Models, { collection, toCreate, toDrop }: Difference): Promise<void> {
  for (const { name } of toDrop)
    await connection.collection(collection).dropIndex(name).catch(ignore(INDEX_NOT_FOUND));
  // With an index comes its collection.
  if (toCreate.length === 0) {
    await connection.createCollection(collection).catch(ignore(NAMESPACE_EXISTS));
    return;
  }
  await connection
    .collection(collection)
    .createIndexes(toCreate.map(({ key, name, options }) => ({ key: key as never, name, ...options })));
}

// Another process was quicker.
const NAMESPACE_EXISTS = 48;
const INDEX_NOT_FOUND = 27;

function ignore(code: number): (error: unknown) => void {
  return (error) => {
    if ((error as { code?: unknown }).code !== code) throw error;
  };
}

/**
 * Makes collections and indexes exist where there is no data yet, which takes no time. Where there is, building an
 * index is work for `npm run migrate`: it may take minutes, and waits for every open transaction.
 * @returns in sentences: what keeps this version from working as promised, and what makes it slow
 */
export async function prepareIndexes(models: Models): Promise<{ wrong: string[]; slow: string[] }> {
  const wrong: string[] = [];
  const slow: string[] = [];
  const found = await differences(models);
  await Promise.all(found.filter(({ isEmpty }) => isEmpty).map((difference) => conform(models, difference)));
  for (const { collection, toCreate, toDrop, isEmpty } of found) {
    if (isEmpty) continue;
    for (const { name, unique } of toCreate) {
      (unique ? wrong : slow).push(`${collection} has no index ${name} as this version needs it`);
    }
    for (const { name, unique } of toDrop) {
      if (unique)
        wrong.push(
          `${collection} has the index ${name} of an earlier version, which refuses what this one writes`,
        );
    }
  }
  return { wrong, slow };
}

/** Makes the indexes those of this version. @param say told before each collection that is not as it should be */
export async function conformIndexes(models: Models, say: (line: string) => void): Promise<void> {
  for (const difference of await differences(models)) {
    const { collection, toCreate, toDrop } = difference;
    const { length: created } = toCreate;
    if (created + toDrop.length === 0 && !difference.isEmpty) continue;
    say(`${collection}: ${created} indexes to make, ${toDrop.length} to drop …`);
    await conform(models, difference);
  }
}
