import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { runSuite, setup, startOwnMongod } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

const ROWS = 2_000;
const SNAPSHOT_TOO_OLD = 239;
const REPOSITORY = new URL('../../../../', import.meta.url);
const BUILT_BEFORE = 'npm run --silent build && ';

const read = (path: string): Promise<string> => readFile(new URL(path, REPOSITORY), 'utf8');

/**
 * Does what docs/operations.md says, in a folder of the test's own. The build before it the tests have behind them.
 * @returns what it says on the terminal
 * @throws when it ends with another code than 0; `stderr` has what it says then
 */
async function runDocumented(verb: 'backup' | 'restore', folder: string, uri: string): Promise<string> {
  const documented = new RegExp(`^npm run (${verb}) -- /backups/today `, 'mu').exec(
    await read('docs/operations.md'),
  );
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
  const script = scripts[documented?.[1] ?? ''] ?? '';
  if (!script.startsWith(BUILT_BEFORE)) throw new Error(`npm run ${verb} is: ${script}`);
  const command = `${script.slice(BUILT_BEFORE.length)} "$0"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', command, folder], {
    cwd: fileURLToPath(REPOSITORY),
    env: { ...process.env, MONGODB_URI: uri },
  });
  return stdout;
}

t.test('an import that was under way when the backup was taken ends after the restore', async (t) => {
  const fixtures = await setup(t);
  const { store, mongodbUri: uri } = fixtures;
  const suite = await runSuite(t, fixtures, {
    services: ['importer'],
    env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' },
  });
  const file = await acceptMixedFile(fixtures, { rows: ROWS, mentors: 60, seed: 41 });
  await file.rowsAre(200);
  // Until it is killed it stands still, in the middle of its transactions: else it would be done before a slow backup begins.
  process.kill(suite.pid('importer'), 'SIGSTOP');
  const folder = join(t.testdir(), 'backup');
  t.match(await runDocumented('backup', folder, uri), /^ +1 {2}imports$[\s\S]*as it stood at .*, in \//mu);
  await suite.kill('importer');
  await t.rejects(runDocumented('backup', folder, uri), { code: 1, stderr: /is not empty/ });
  await t.rejects(runDocumented('restore', folder, uri), { code: 1, stderr: /has something in it/ });
  await store.connection.dropDatabase();

  t.match(await runDocumented('restore', folder, uri), /restored\. The services may be started\.\n$/u);
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
  const advice = { code: 1, stderr: /^[^\n]*Raise minSnapshotHistoryWindowInSeconds[^\n]*\n$/u };
  await t.rejects(runDocumented('backup', folder, uri), advice);
  await t.rejects(runDocumented('restore', folder, uri), { code: 1, stderr: /no finished backup/ });
});
