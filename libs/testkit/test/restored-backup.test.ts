import { join } from 'node:path';
import { backUpDatabase, restoreDatabase } from '@mentorline/store';
import t from 'tap';
import { runSuite, setup, startOwnMongod } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

const ROWS = 2_000;
const SNAPSHOT_TOO_OLD = 239;

t.test('an import that was under way when the backup was taken ends after the restore', async (t) => {
  const fixtures = await setup(t);
  const { store, mongodbUri: uri } = fixtures;
  const suite = await runSuite(t, fixtures, {
    services: ['importer'],
    env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' },
  });
  const file = await acceptMixedFile(fixtures, { rows: ROWS, mentors: 60, seed: 41 });
  await file.rowsAre(200);
  const folder = join(t.testdir(), 'backup');
  await backUpDatabase({ uri, folder });
  await suite.kill('importer');
  await store.connection.dropDatabase();

  await restoreDatabase({ uri, folder });
  const rowsThen = await file.rowsDone();
  t.ok(rowsThen >= 200 && rowsThen < ROWS, `${rowsThen} rows were done`);
  t.equal((await store.imports.findImport(file.id))!.status, 'applying');

  await suite.start('importer');
  await suite.start('notifier');
  await file.ended();
  t.same(await file.faults(suite), []);
  t.equal((await suite.inbox.messages()).length, 1, 'one mail');
});

t.test('a copy that takes longer than MongoDB remembers its beginning says what to set', async (t) => {
  const { store, mongodbUri: uri } = await setup(t, { mongodbUrl: await startOwnMongod(t) });
  const tooOld = { failCommands: ['find'], errorCode: SNAPSHOT_TOO_OLD, appName: 'mentorline-backup' };
  const admin = store.connection.getClient().db('admin');
  await admin.command({ configureFailPoint: 'failCommand', mode: { skip: 3 }, data: tooOld });
  const folder = join(t.testdir(), 'backup');
  await t.rejects(backUpDatabase({ uri, folder }), { message: /Raise minSnapshotHistoryWindowInSeconds/ });
  await t.rejects(restoreDatabase({ uri, folder }), { message: /no finished backup/ });
});
