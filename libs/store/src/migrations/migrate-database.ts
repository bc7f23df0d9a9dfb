import { setTimeout as sleep } from 'node:timers/promises';
import { holdLease, LeaseLost, SECOND_MS } from '@mentorline/runtime';
import { newId } from '../ids.ts';
import { leaseStore } from '../lease.store.ts';
import { openDatabase } from '../open-database.ts';
import { searchWordStore } from '../search-word.store.ts';
import { conformIndexes } from './indexes.ts';
import type { MigrationDocument } from './migration.model.ts';
import { MIGRATIONS, type Migration, type MigrationDeps } from './migrations.ts';
import { isNew, prepareDatabase } from './prepare-database.ts';

const ROLE = 'migrations';
const LEASE_MS = 30 * SECOND_MS;
const POLL_MS = SECOND_MS;
const SAY_EVERY_MS = 2 * SECOND_MS;

/**
 * Brings a database to this version: its indexes, then every migration that it has not had. The services may run
 * meanwhile. One runner is at it at a time, another waits; what broke off is gone on with.
 * @param options.again also migrations that are done, for what an older version has written since
 * @returns the names of the migrations that were run
 */
export async function migrateDatabase(options: {
  uri: string;
  say: (line: string) => void;
  again?: boolean;
  migrations?: readonly Migration[];
}): Promise<string[]> {
  const { say, again = false, migrations = MIGRATIONS } = options;
  const { connection, models } = await openDatabase({ uri: options.uri, appName: 'mentorline-migrate' });
  const leases = leaseStore(models);
  const owner = newId();
  const take = (): Promise<boolean> => leases.holdRole(ROLE, owner, LEASE_MS);
  try {
    for (let waited = false; !(await take()); waited = true) {
      if (!waited) say('Another runner is migrating this database; waiting for it …');
      await sleep(POLL_MS);
    }
    const lease = holdLease(take, LEASE_MS / 3);
    try {
      if (await isNew(models)) {
        await prepareDatabase(models);
        return [];
      }
      await conformIndexes(models, say);
      const done: string[] = [];
      const deps = { models, searchWords: searchWordStore(models) };
      for (const migration of migrations) {
        if (await runMigration(deps, migration, { say, again, lost: lease.signal }))
          done.push(migration.name);
      }
      return done;
    } finally {
      lease.release();
      await leases.giveUpRole(ROLE, owner);
    }
  } finally {
    await connection.close();
  }
}

/** @returns whether there was anything to do */
async function runMigration(
  deps: MigrationDeps,
  { name, what, breaksOlder, run }: Migration,
  { say, again, lost }: { say: (line: string) => void; again: boolean; lost: AbortSignal },
): Promise<boolean> {
  const noted = deps.models.Migration.collection;
  const _id = name as never;
  const earlier = (await noted.findOne({ _id })) as MigrationDocument | null;
  if (earlier?.finishedAt && !again) return false;
  const isResumed = earlier && !earlier.finishedAt;
  if (!isResumed) {
    const begun = { breaksOlder, startedAt: new Date(), finishedAt: null, after: null, changed: 0 };
    await noted.updateOne({ _id }, { $set: begun }, { upsert: true });
  }
  let changed = isResumed ? earlier.changed : 0;
  say(`${name}: ${what}${isResumed ? `, going on after ${changed} documents` : ''} …`);
  let saidAt = performance.now();
  await run(deps, {
    after: isResumed ? earlier.after : null,
    async note(after, count) {
      if (lost.aborted) throw new LeaseLost();
      changed += count;
      await noted.updateOne({ _id }, { $set: { after, changed } });
      if (performance.now() - saidAt < SAY_EVERY_MS) return;
      saidAt = performance.now();
      say(`${name}: ${changed} documents …`);
    },
  });
  if (lost.aborted) throw new LeaseLost();
  await noted.updateOne({ _id }, { $set: { finishedAt: new Date(), changed } });
  say(`${name}: done, ${changed} documents`);
  return true;
}
