import t from 'tap';
import { runSuite, setup, startOwnRedis } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

const ROWS = 2_000;

for (const keepData of [true, false]) {
  const after = keepData ? 'with what it had written down' : 'with nothing';
  t.test(`an import ends although Redis is killed again and again and comes back ${after}`, async (t) => {
    const fixtures = await setup(t);
    const redis = await startOwnRedis(t);
    const suite = await runSuite(
      t,
      { ...fixtures, redisUrl: redis.url },
      { services: ['importer', 'notifier'], env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' } },
    );
    const file = await acceptMixedFile(fixtures, { rows: ROWS, mentors: 60, seed: 31 });
    for (const share of [0, 0.2, 0.4, 0.6, 0.8]) {
      await file.rowsAre(share * ROWS);
      await redis.restart({ keepData });
    }
    await file.ended();
    t.same(await file.faults(suite), []);
  });
}
