import t from 'tap';
import { runSuite, setup, startOwnMongod } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

for (const [what, data] of [
  [
    'writes conflict',
    { failCommands: ['update'], errorCode: 112, errorLabels: ['TransientTransactionError'] },
  ],
  [
    'commits fail and may be tried anew',
    { failCommands: ['commitTransaction'], errorCode: 251, errorLabels: ['TransientTransactionError'] },
  ],
  [
    'nobody knows what became of a commit',
    {
      failCommands: ['commitTransaction'],
      writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' },
      errorLabels: ['UnknownTransactionCommitResult'],
    },
  ],
  ['connections break on commit', { failCommands: ['commitTransaction'], closeConnection: true }],
  [
    'commits are answered late',
    { failCommands: ['commitTransaction'], blockConnection: true, blockTimeMS: 200 },
  ],
] as const) {
  t.test(`an import ends as if nothing had happened although ${what}`, async (t) => {
    const fixtures = await setup(t, { mongodbUrl: await startOwnMongod(t) });
    const suite = await runSuite(t, fixtures, {
      services: ['importer', 'notifier'],
      env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' },
    });
    const admin = fixtures.store.connection.getClient().db('admin');
    const fail = (mode: unknown) =>
      admin.command({
        configureFailPoint: 'failCommand',
        mode,
        data: { ...data, appName: 'mentorline-importer' },
      });
    await fail({ activationProbability: 0.25 });
    const file = await acceptMixedFile(fixtures, { rows: 600, mentors: 20, seed: 41 });
    await file.ended();
    await fail('off');
    t.same(await file.faults(suite), []);
  });
}
