import { setTimeout as sleep } from 'node:timers/promises';
import {
  acceptFile,
  brokenPromises,
  createWorld,
  differences,
  randomRows,
  serialWorld,
  sessionFile,
  setup,
} from '@mentorline/testkit';
import fc from 'fast-check';
import t from 'tap';
import type { ImportDeps } from '../src/import-deps.ts';
import { runNextImport } from '../src/run-import.ts';
import { runShard } from '../src/run-shard.ts';
import { workerDeps } from './run-file.ts';

const RUNS = 15;

/** Workers of several processes, each stopped at random and followed by another, until the import has ended. */
async function workOff(deps: ImportDeps, id: string, pausesMs: readonly number[]): Promise<void> {
  const ended = async (): Promise<boolean> => (await deps.store.imports.findImport(id))?.finishedAt != null;
  const restless = async (run: (stop: AbortSignal) => Promise<void>): Promise<void> => {
    for (let turn = 0; !(await ended()); turn += 1) {
      const pauseMs = pausesMs[turn];
      const stop = new AbortController();
      if (pauseMs !== undefined) setTimeout(() => stop.abort(new Error('stopped by the test')), pauseMs);
      await run(stop.signal);
      await sleep(20);
    }
  };
  await Promise.all([
    restless((stop) => runNextImport(deps, stop)),
    restless((stop) => runShard(deps, id, stop)),
  ]);
}

t.test('any file has its serial result, however it is worked off, and a check foretells it', async (t) => {
  const cases = fc.record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    rows: fc.integer({ min: 30, max: 600 }),
    mentors: fc.integer({ min: 1, max: 40 }),
    sessions: fc.integer({ min: 1, max: 120 }),
    partitions: fc.constantFrom(1, 2, 7, 16),
    chunkRows: fc.constantFrom(1, 3, 40, 500),
    shards: fc.integer({ min: 1, max: 4 }),
    gap: fc.constantFrom(0, 15),
    newOptions: fc.constantFrom('create' as const, 'reject' as const),
    pausesMs: fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const { seed, rows: count, mentors, sessions, partitions, chunkRows, shards, pausesMs } = given;
      const fixtures = await setup(t);
      const { store } = fixtures;
      const settings = { slotGapMinutes: given.gap, newOptions: given.newOptions };
      const world = await createWorld(fixtures, { mentors, sessions, days: 4, seed, settings });
      const rows = randomRows({ rows: count, mentors, days: 4, seed, world });
      const file = sessionFile(rows);
      const acceptedAt = new Date();
      const expected = serialWorld(rows, { ...world, nowMs: acceptedAt.getTime() });
      const deps = workerDeps(store, {
        IMPORT_PARTITIONS: String(partitions),
        IMPORT_CHUNK_ROWS: String(chunkRows),
        IMPORT_SHARDS: String(shards),
        IMPORT_SHARD_ROWS: '1',
      });

      const check = await acceptFile(fixtures, file, acceptedAt, { mode: 'check' });
      await workOff(deps, check.id, pausesMs);
      t.same(await differences(store, check, expected.results), [], 'the check');
      const apply = await acceptFile(fixtures, file, acceptedAt);
      await workOff(deps, apply.id, pausesMs);
      t.same(await differences(store, apply, expected.results, expected.sessions), [], 'the import');
      t.same(await brokenPromises(store), []);
      t.match(await store.imports.findImport(apply.id), { status: 'completed', failure: null });
      t.equal(await store.connection.collection('dryRunSessions').countDocuments(), 0);
      if (!t.passing()) throw new Error(`differs: ${JSON.stringify(given)}`);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});
