import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { runSuite, setup } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

const UP_MS = 2_000;
const LEASE_MS = 1_500;

t.test(
  'services that are stopped two seconds after each start stop at once and bring the import to its end',
  async (t) => {
    const fixtures = await setup(t);
    const suite = await runSuite(t, fixtures, {
      services: ['importer', 'notifier'],
      env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' },
      supervised: true,
    });
    const file = await acceptMixedFile(fixtures, { rows: 3_000, mentors: 60, seed: 23 });
    const stops: string[] = [];
    let isOver = false;
    const stopAgainAndAgain = async (name: 'importer' | 'notifier'): Promise<void> => {
      while (!isOver) stops.push(await suite.stop(name, UP_MS));
    };
    const stopping = Promise.all([stopAgainAndAgain('importer'), stopAgainAndAgain('notifier')]);
    await file.ended().finally(() => {
      isOver = true;
    });
    await stopping;
    t.ok(stops.length > 0, `stopped ${stops.length} times`);
    t.same([...new Set(stops)], ['exit code 0']);
    t.same(await file.faults(suite), []);
  },
);

t.test('an importer that stood still past its lease does nothing a second time', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const suite = await runSuite(t, fixtures, {
    services: ['importer', 'second importer', 'notifier'],
    env: { IMPORT_CHUNK_ROWS: '20', IMPORT_LEASE_MS: String(LEASE_MS), LOG_LEVEL: 'warn' },
  });
  const file = await acceptMixedFile(fixtures, { rows: 3_000, mentors: 60, seed: 29 });
  const importers = ['importer', 'second importer'] as const;
  const importOf = async () => (await store.imports.findImport(file.id))!;
  let stoodStill = 0;
  const ended = file.ended();
  void ended.catch(() => {});
  while ((await importOf()).finishedAt === null && stoodStill < 6) {
    const frozen = importers[stoodStill % 2]!;
    process.kill(suite.pid(frozen), 'SIGSTOP');
    // Longer than the lease, and the sweep that finds it has run out.
    await delay(LEASE_MS * 2);
    process.kill(suite.pid(frozen), 'SIGCONT');
    stoodStill += 1;
  }
  await ended;
  t.ok(stoodStill > 1, `stood still ${stoodStill} times`);
  t.same(await file.faults(suite), []);
});
