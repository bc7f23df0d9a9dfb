import t from 'tap';
import { runSuite, setup, startOwnRedis, waitFor } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

for (const keepData of [true, false]) {
  const after = keepData ? 'with what it had written down' : 'with nothing';
  t.test(`an import ends although Redis is killed again and again and comes back ${after}`, async (t) => {
    const fixtures = await setup(t);
    const { store } = fixtures;
    const redis = await startOwnRedis(t);
    const suite = await runSuite(
      t,
      { ...fixtures, redisUrl: redis.url },
      { services: ['importer', 'notifier'], env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' } },
    );
    const file = await acceptMixedFile(fixtures, { rows: 3_000, mentors: 60, seed: 31 });
    const rowsDone = async (): Promise<number> => {
      let done = 0;
      for await (const { length } of store.results.readChunks(file.id)) done += length;
      return done;
    };
    for (const share of [0, 0.2, 0.4, 0.6, 0.8]) {
      await waitFor(`${share * 100} % are applied`, async () => (await rowsDone()) >= share * 3_000, 30_000);
      await redis.restart({ keepData });
    }
    await file.ended();
    t.same(await file.faults(suite), []);
  });
}
