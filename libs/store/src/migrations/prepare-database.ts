import { CannotStart } from '@mentorline/runtime';
import type { Models } from '../models.ts';
import { prepareIndexes } from './indexes.ts';
import { MIGRATIONS } from './migrations.ts';

const HOW = 'Run `npm run migrate` (docs/operations.md).';

/**
 * Makes a new database ready, and judges one that is in use: one of an earlier version is worked on all the same as
 * long as nothing that this version promises depends on what it lacks.
 * @returns what is still to be migrated, in sentences for whoever runs the service
 * @throws CannotStart when the database is of a version that this one must not work on, or lacks what it must have
 */
export async function prepareDatabase(models: Models): Promise<string[]> {
  const fresh = await isNew(models);
  const noted = await models.Migration.find({}, { breaksOlder: 1, finishedAt: 1 }).lean();
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  const newer = noted.filter(({ _id, breaksOlder }) => breaksOlder && !known.has(_id)).map(({ _id }) => _id);
  if (newer.length > 0) {
    throw new CannotStart(
      `The database was migrated by a newer version (${newer.join(', ')}), and this one would write or read it wrongly. Start that version, or restore a backup from before.`,
    );
  }
  const { wrong, slow } = await prepareIndexes(models);
  if (wrong.length > 0) {
    throw new CannotStart(
      `The database is of an earlier version:\n${wrong.map((what) => `  - ${what}`).join('\n')}\n${HOW}`,
    );
  }
  const finished = new Set(noted.filter(({ finishedAt }) => finishedAt !== null).map(({ _id }) => _id));
  const pending = MIGRATIONS.filter(({ name }) => !finished.has(name));
  if (fresh) {
    await noteAllDone(models);
    return [];
  }
  return [...slow, ...pending.map(({ name, what }) => `migration ${name} is pending (${what})`)].map(
    (what) => `${what}. ${HOW}`,
  );
}

/** Whether nobody has used the database yet: it has nothing to migrate. */
export async function isNew({ Migration, User }: Models): Promise<boolean> {
  const [user, migration] = await Promise.all([
    User.collection.findOne({}, { projection: { _id: 1 } }),
    Migration.collection.findOne({}, { projection: { _id: 1 } }),
  ]);
  return !user && !migration;
}

async function noteAllDone({ Migration }: Models): Promise<void> {
  const now = new Date();
  await Migration.collection.bulkWrite(
    MIGRATIONS.map(({ name, breaksOlder }) => ({
      updateOne: {
        filter: { _id: name as never },
        update: { $setOnInsert: { breaksOlder, startedAt: now, finishedAt: now, after: null, changed: 0 } },
        upsert: true,
      },
    })),
    { ordered: false },
  );
}
