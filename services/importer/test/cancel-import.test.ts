import { text } from 'node:stream/consumers';
import { NO_ROWS } from '@mentorline/store';
import {
  acceptFile,
  brokenPromises,
  createPeople,
  differences,
  type Fixtures,
  holdMentor,
  mentorEmail,
  randomRows,
  serialOracle,
  sessionFile,
  setup,
  waitFor,
} from '@mentorline/testkit';
import t from 'tap';
import { runNextImport } from '../src/run-import.ts';
import { goodRow, resultsOf, work, workerDeps } from './run-file.ts';

const NEVER = new AbortController().signal;

async function acceptRandom(fixtures: Fixtures, count: number) {
  const { store, organisation } = fixtures;
  const people = await createPeople(store, organisation.id, 21);
  const rows = randomRows({ rows: count, mentors: 20, days: 4, seed: 7 });
  // In the middle there is one of a mentor of its own.
  rows.splice(count / 2, 0, goodRow({ Mentor: mentorEmail(20) }));
  const accepted = await acceptFile(fixtures, sessionFile(rows));
  return { accepted, expected: serialOracle(rows, { nowMs: accepted.acceptedAt.getTime(), people }) };
}

t.test('what is applied stays, the rest is unprocessed, and the report tells of both', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const { accepted, expected } = await acceptRandom(fixtures, 2_000);
  // Nobody gets past the middle of the file.
  const letGo = await holdMentor(t, fixtures, mentorEmail(20));
  const env = { IMPORT_PARTITIONS: '4', IMPORT_CHUNK_ROWS: '10' };
  let noticedAt = 0;
  const isCancelRequested = async (id: string): Promise<boolean> => {
    const isRequested = await store.imports.isCancelRequested(id);
    if (isRequested) noticedAt ||= Date.now();
    return isRequested;
  };
  const watched = { ...store, imports: { ...store.imports, isCancelRequested } };
  const running = runNextImport(workerDeps(watched, env), NEVER);
  await waitFor('rows are applied', async () => (await store.imports.countRows(accepted.id)).published > 100);
  const asked = await store.imports.cancelImport(accepted.id, new Date());
  t.match(asked, { status: 'applying', cancelRequestedAt: Date });
  const askedAt = Date.now();
  await running;
  t.ok(noticedAt - askedAt < 2_000, `noticed after ${noticedAt - askedAt} ms`);
  await letGo();
  const ended = (await store.imports.findImport(accepted.id))!;
  t.equal(ended.status, 'cancelled');
  t.ok(ended.rows!.published > 100);
  t.ok(ended.rows!.unprocessed > 0);
  t.ok(ended.report);
  t.same(await differences(store, ended, expected), [], 'what was applied is right');
  t.same(await brokenPromises(store), []);
  t.equal(await store.connection.collection('mails').countDocuments(), 1);
});

t.test('one that nobody has begun applies nothing, and its report says so of each row', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  for (const mode of ['apply', 'check'] as const) {
    const { id } = await acceptFile(
      fixtures,
      sessionFile([goodRow(), goodRow({ type: 'Secret' })]),
      new Date(),
      { mode },
    );
    t.match(await store.imports.cancelImport(id, new Date()), { status: 'queued' });
    const ended = await work(workerDeps(store), id);
    t.match(ended, { status: 'cancelled', attempts: 1, rowsTotal: 2, report: { fileId: String } });
    t.same(ended.rows, { ...NO_ROWS, unprocessed: 2 });
    t.match(await resultsOf(store, ended), [
      { row: 1, status: 'Unprocessed', sessionId: null, errors: [] },
      { row: 2, status: 'Unprocessed', sessionId: null, errors: [] },
    ]);
    t.match(
      (await text(store.files.readFile(ended.report!.fileId))).split('\r\n')[1],
      'The import was cancelled',
    );
    t.equal(await store.imports.cancelImport(id, new Date()), undefined, 'it has ended');
  }
  t.equal(await store.connection.collection('sessions').countDocuments(), 0);
  t.equal(await store.connection.collection('mails').countDocuments(), 2);
  t.same(await brokenPromises(store), []);
});

t.test('it waits for no place of its organisation', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  for (const owner of ['a', 'b']) await store.turns.takeTurn(organisation.id, owner, 60_000);
  const { id } = await acceptFile(fixtures, sessionFile([goodRow()]));
  t.match(await work(workerDeps(store), id), { status: 'queued' });
  await store.imports.cancelImport(id, new Date());
  t.match(await work(workerDeps(store), id), { status: 'cancelled', rows: { unprocessed: 1 } });
});

t.test('one whose file is being read ends before a row is applied', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const { id } = await acceptFile(fixtures, sessionFile([goodRow()]));
  const late = {
    ...store,
    imports: {
      ...store.imports,
      async beginApplying(): Promise<never> {
        await store.imports.cancelImport(id, new Date());
        throw new Error('the primary stepped down');
      },
    },
  };
  t.match(await work(workerDeps(late), id), { status: 'staging' });
  await store.connection.collection('imports').updateMany({}, { $set: { lease: null } });
  t.match(await work(workerDeps(store), id), { status: 'cancelled', rows: { published: 0, unprocessed: 1 } });
  t.equal(await store.connection.collection('sessions').countDocuments(), 0);
  t.equal(await store.connection.collection('mails').countDocuments(), 1);
});

t.test('one whose file turns out to be broken says that instead', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const { id } = await acceptFile(
    fixtures,
    Buffer.concat([sessionFile([goodRow()]), Buffer.from('Create,"')]),
  );
  await store.imports.cancelImport(id, new Date());
  t.match(await work(workerDeps(store), id), { status: 'failed', failure: { row: 2 }, report: null });
});

t.test('one that was done when it was cancelled is completed', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const { id } = await acceptFile(fixtures, sessionFile([goodRow()]));
  const late = {
    ...store,
    imports: {
      ...store.imports,
      async countRows(importId: string) {
        await store.imports.cancelImport(id, new Date());
        return store.imports.countRows(importId);
      },
    },
  };
  const ended = await work(workerDeps(late), id);
  t.match(ended, { status: 'completed', rows: { published: 1, unprocessed: 0 } });
  t.match(await resultsOf(store, ended), [{ status: 'Published' }]);
});
