import { type Import, NO_ROWS, type Store } from '@mentorline/store';
import { acceptFile, type Fixtures, sessionFile, setup } from '@mentorline/testkit';
import t, { type Test } from 'tap';
import { goodRow, work, workerDeps } from './run-file.ts';

const GOOD = Array.from({ length: 5 }, (_, n) => goodRow({ Date: `0${n + 1}-06-2031` }));

/** The file's last row, with this in place of its title. */
function fileWithLastTitle(title: string): Buffer {
  const text = sessionFile([...GOOD, goodRow({ title: 'the last one' })]).toString();
  return Buffer.from(text.replace('the last one', title));
}

/** Takes an import up that must fail in staging. @returns it */
async function fail(t: Test, fixtures: Fixtures, id: string, env: NodeJS.ProcessEnv = {}): Promise<Import> {
  const { store } = fixtures;
  const ended = await work(workerDeps(store, env), id);
  t.equal(ended.status, 'failed');
  t.ok(ended.finishedAt instanceof Date);
  t.same(ended.rows, NO_ROWS);
  t.equal(ended.report, null);
  t.match(await store.mails.findMail(ended.mailId!), {
    importId: id,
    status: 'pending',
    to: { address: 'manager@example.org' },
  });
  t.same(await applied(store), { sessions: 0, options: 0, importResults: 0, importPartitions: 0 });
  t.same(await store.imports.listWaitingImports(10), [], 'nobody is called for it again');
  return ended;
}

async function applied(store: Store): Promise<Record<string, number>> {
  const names = ['sessions', 'options', 'importResults', 'importPartitions'];
  const counts = names.map(async (name) => [name, await store.connection.collection(name).countDocuments()]);
  return Object.fromEntries(await Promise.all(counts));
}

t.test('a file that is broken anywhere fails whole, and says in which row', async (t) => {
  const fixtures = await setup(t);
  const broken: [string, Buffer, NodeJS.ProcessEnv, object][] = [
    ['an open quote', fileWithLastTitle('"never closed'), {}, { code: 'QUOTE_BROKEN', row: 6 }],
    ['a quote within a cell', fileWithLastTitle('"so" called'), {}, { code: 'QUOTE_BROKEN', row: 6 }],
    [
      'a record of more than 1 MiB',
      fileWithLastTitle('x'.repeat(1024 * 1024)),
      {},
      { code: 'RECORD_TOO_LARGE', row: 6 },
    ],
    ['too many rows', sessionFile(GOOD), { MAX_IMPORT_ROWS: '4' }, { code: 'TOO_MANY_ROWS' }],
  ];
  for (const [name, file, env, failure] of broken) {
    await t.test(name, async (t) => {
      const { id } = await acceptFile(fixtures, file);
      const ended = await fail(t, fixtures, id, env);
      t.match(ended.failure, failure);
      t.match(ended.failure?.message, /\w{3,} \w/, 'a sentence for the person who uploaded');
    });
  }
});

t.test('a file of exactly as many rows as are allowed passes', async (t) => {
  const fixtures = await setup(t);
  const { id } = await acceptFile(fixtures, sessionFile(GOOD));
  const ended = await work(workerDeps(fixtures.store, { MAX_IMPORT_ROWS: '5' }), id);
  t.match(ended, { status: 'completed', rowsTotal: 5, rows: { ...NO_ROWS, published: 5 } });
});

t.test('a stored file that is not the uploaded one is not applied', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const chunks = store.connection.collection('files.chunks');
  const files = store.connection.collection('files.files');
  const damages: Record<string, (file: Buffer) => Promise<unknown>> = {
    'a changed letter': async (file) => {
      const data = Buffer.from(file.toString().replace('Reading', 'Beading'));
      return chunks.updateMany({}, { $set: { data } });
    },
    'a missing piece': async () => chunks.deleteMany({}),
    'a piece cut short': async (file) => chunks.updateMany({}, { $set: { data: file.subarray(0, -10) } }),
    'no file at all': async () => Promise.all([files.deleteMany({}), chunks.deleteMany({})]),
  };
  for (const [name, damage] of Object.entries(damages)) {
    await t.test(name, async (t) => {
      await Promise.all([files.deleteMany({}), chunks.deleteMany({})]);
      const file = sessionFile(GOOD);
      const { id } = await acceptFile(fixtures, file);
      await damage(file);
      const ended = await fail(t, fixtures, id);
      t.match(ended.failure, { code: 'FILE_DAMAGED', row: null });
      t.match(ended.failure?.message, 'upload it again');
    });
  }
});
