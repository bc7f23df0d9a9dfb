import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { runSuite, setup, startOwnMongod } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

const PAUSE_MS = 5_000;
const ROWS_BETWEEN = 400;

t.test('an import ends although the primary steps down every few seconds', async (t) => {
  const fixtures = await setup(t, { mongodbUrl: await startOwnMongod(t) });
  const suite = await runSuite(t, fixtures, {
    services: ['importer', 'notifier'],
    env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' },
    supervised: true,
  });
  const file = await acceptMixedFile(fixtures, { rows: 2_000, mentors: 60, seed: 37 });
  const admin = fixtures.store.connection.getClient().db('admin');
  let isOver = false;
  let stepDowns = 0;
  const ended = file.ended().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await admin.command({ replSetStepDown: 1, secondaryCatchUpPeriodSecs: 0, force: true }).then(
      () => {
        stepDowns += 1;
      },
      // It may be stepping down already.
      () => {},
    );
    // However fast the machine, there is more than one while rows are applied; however slow, one every few seconds.
    await Promise.race([delay(PAUSE_MS), file.rowsAre(stepDowns * ROWS_BETWEEN), ended]);
  }
  await ended;
  t.ok(stepDowns > 1, `stepped down ${stepDowns} times`);
  t.same(await file.faults(suite), []);
});
