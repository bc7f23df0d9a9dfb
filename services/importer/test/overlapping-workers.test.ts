import {
  acceptFile,
  brokenPromises,
  createPeople,
  differences,
  randomRows,
  serialOracle,
  sessionFile,
  setup,
  waitFor,
} from '@mentorline/testkit';
import t from 'tap';
import { runNextImport } from '../src/run-import.ts';
import { workerDeps } from './run-file.ts';

const ROWS = 3_000;
const MENTORS = 60;
const INTERRUPTED = 11_601;

t.test('workers that lose their lease without noticing do nothing twice', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  const people = await createPeople(store, organisation.id, MENTORS);
  const rows = randomRows({ rows: ROWS, mentors: MENTORS, days: 5, seed: 54 });
  const { id, acceptedAt } = await acceptFile(fixtures, sessionFile(rows));
  // So long that no worker renews, or misses, its lease by itself.
  const deps = workerDeps(store, { IMPORT_CHUNK_ROWS: '20', IMPORT_LEASE_MS: '600000' });
  // One import only is in this test's database.
  const imports = store.connection.collection('imports');
  const done = async (): Promise<number> => {
    const { published, invalid } = await store.imports.countRows(id);
    return published + invalid;
  };
  // They share a client, as processes do not: who ends the transactions of one may interrupt another, whose job is then
  // called again.
  const work = async (): Promise<void> => {
    try {
      await runNextImport(deps, new AbortController().signal);
    } catch (error) {
      if ((error as { code?: unknown }).code !== INTERRUPTED) throw error;
      await work();
    }
  };
  const workers: Promise<void>[] = [];
  // The next worker comes as soon as the one before has applied something; all of them stay at it.
  for (let applied = 0; applied < ROWS; applied = await done()) {
    await imports.updateOne({}, { $set: { lease: null } });
    await store.connection.collection('importShards').updateMany({}, { $set: { lease: null } });
    await store.connection.collection('importTurns').deleteMany({});
    workers.push(work());
    await waitFor('rows are applied', async () => (await done()) > applied);
  }
  await Promise.all(workers);
  // Whoever found the import in others' hands has put it back; one more takes it to its end.
  await imports.updateOne({ status: { $ne: 'completed' } }, { $set: { lease: null } });
  await runNextImport(deps, new AbortController().signal);

  const ended = (await store.imports.findImport(id))!;
  t.ok(ended.attempts > 3, `${ended.attempts} workers were at it`);
  const expected = serialOracle(rows, { nowMs: acceptedAt.getTime(), people });
  t.same(await differences(store, ended, expected), []);
  t.same(await brokenPromises(store), []);
  t.equal(await store.connection.collection('mails').countDocuments(), 1, 'one mail');
});

t.test('what is in the past is told by when the file was accepted, not by when it runs', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  const people = await createPeople(store, organisation.id, 2);
  const hourAgo = new Date(Date.now() - 3_600_000);
  const clock = (at: Date): { Date: string; Time: string } => ({
    Date: at.toISOString().slice(0, 10).split('-').reverse().join('-'),
    Time: at.toISOString().slice(11, 16),
  });
  const [row] = randomRows({ rows: 1, mentors: 1, days: 1, seed: 1 });
  const plain = { ...row, type: 'Public', Zone: 'UTC', Duration: '30' };
  const rows = [
    { ...plain, ...clock(new Date(hourAgo.getTime() + 1_800_000)) },
    { ...plain, ...clock(new Date(hourAgo.getTime() - 1_800_000)) },
  ];
  const accepted = await acceptFile(fixtures, sessionFile(rows), hourAgo);
  await runNextImport(workerDeps(store), new AbortController().signal);
  const ended = (await store.imports.findImport(accepted.id))!;
  const expected = serialOracle(rows, { nowMs: hourAgo.getTime(), people });
  t.same(
    expected.map(({ codes }) => codes),
    [[], ['START_IN_PAST']],
  );
  t.same(await differences(store, ended, expected), []);
});
