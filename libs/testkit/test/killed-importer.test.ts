import t from 'tap';
import { injectFault, type PlannedKill, randomNumbers, runSuite, setup } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

const ROWS = 3_000;
const KILLS_WHILE_READING = 2;
const KILLS = 8;
const CHUNK_MOMENTS = ['before-chunk', 'after-results', 'before-chunk-commit', 'after-chunk-commit'] as const;

t.test('an import whose importer is killed ten times ends as if nothing had happened', async (t) => {
  const seed = Date.now();
  const random = randomNumbers(seed);
  const partitions = 1 + random(6);
  const shards = 1 + random(3);
  const chunkRows = 5 + random(6);
  // Each process gets far enough not to be taken for one that ends over a row. When exactly it ends is what is random.
  const chunksBetween = 2 * partitions * shards;
  const plan = [
    ...Array.from({ length: KILLS_WHILE_READING }, (): PlannedKill => {
      return { moment: 'before-file-read', nth: 1, afterMs: random(30) };
    }),
    ...Array.from({ length: KILLS }, (): PlannedKill => {
      const nth = Math.min(chunksBetween + random(10), Math.floor(ROWS / chunkRows / (KILLS + 2)));
      return { moment: CHUNK_MOMENTS[random(CHUNK_MOMENTS.length)]!, nth, afterMs: random(20) };
    }),
  ];
  t.comment(JSON.stringify({ seed, partitions, shards, chunkRows, plan }));

  const fixtures = await setup(t);
  const fault = await injectFault(t, { plan });
  const suite = await runSuite(t, fixtures, {
    services: ['importer', 'notifier'],
    env: {
      IMPORT_PARTITIONS: String(partitions),
      IMPORT_SHARDS: String(shards),
      IMPORT_SHARD_ROWS: '1',
      IMPORT_CHUNK_ROWS: String(chunkRows),
      WORKER_CONCURRENCY: '4',
      LOG_LEVEL: 'warn',
    },
    envOf: { importer: fault.env },
    supervised: true,
  });
  const file = await acceptMixedFile(fixtures, { rows: ROWS, mentors: 60, seed });
  await file.ended();
  t.same(
    await fault.deaths(),
    plan.map(({ moment }) => moment),
    'every kill met the import under way',
  );
  t.same(await file.faults(suite), []);
  t.equal((await suite.inbox.messages()).length, 1, 'one mail');
});
