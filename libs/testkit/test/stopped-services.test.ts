import t from 'tap';
import { runSuite, setup, waitFor } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

const UP_MS = 2_000;
const LEASE_MS = 3_000;

t.test(
  'services that are stopped two seconds after each start stop at once and bring the import to its end',
  async (t) => {
    const fixtures = await setup(t);
    const suite = await runSuite(t, fixtures, {
      services: ['importer', 'notifier'],
      env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' },
      supervised: true,
    });
    const file = await acceptMixedFile(fixtures, { rows: 2_000, mentors: 60, seed: 23 });
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

t.test('importers that stand still past their lease do nothing a second time', async (t) => {
  const fixtures = await setup(t);
  const suite = await runSuite(t, fixtures, {
    services: ['importer', 'notifier'],
    env: { IMPORT_CHUNK_ROWS: '10', IMPORT_LEASE_MS: String(LEASE_MS), LOG_LEVEL: 'warn' },
  });
  const file = await acceptMixedFile(fixtures, { rows: 3_000, mentors: 60, seed: 29 });
  const { looks, heartbeats } = fixtures.store;
  /** The process that claimed the import last: on a busy machine a lease may run out without anybody's doing. */
  const lastClaim = async () => {
    const { kept, finishedAt } = (await looks.lookAtImport(file.id))!;
    const { processId } = kept.last.findLast(({ what }) => what === 'claimed')!;
    const beats = await heartbeats.listHeartbeats();
    return {
      pid: beats.find(({ id }) => id === processId)!.pid,
      isOver: finishedAt !== null,
    };
  };
  const holderStandsStill = async (whileAnother: () => Promise<void>) => {
    await file.rowsAre((await file.rowsDone()) + 100);
    const { pid } = await lastClaim();
    process.kill(pid, 'SIGSTOP');
    await whileAnother();
    const takenUp = await waitFor('another importer takes the import up', async () => {
      const claim = await lastClaim();
      return claim.pid !== pid || claim.isOver ? claim : undefined;
    });
    // Both are at it from here on, and one of them does not know.
    process.kill(pid, 'SIGCONT');
    t.equal(takenUp.isOver, false, 'stood still in the middle of the import');
  };
  await holderStandsStill(() => suite.start('second importer'));
  await holderStandsStill(async () => {});
  await file.ended();
  t.same(await file.faults(suite), []);
});
