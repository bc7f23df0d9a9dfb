import { buffer } from 'node:stream/consumers';
import { NO_ROWS, type Store } from '@mentorline/store';
import {
  acceptFile,
  brokenPromises,
  createPeople,
  differences,
  type Fixtures,
  randomRows,
  serialOracle,
  sessionFile,
  setup,
} from '@mentorline/testkit';
import t from 'tap';
import { runNextImport } from '../src/run-import.ts';
import { goodRow, resultsOf, work, workerDeps } from './run-file.ts';

const LONG_MS = 60_000;
const MENTORS = 20;

async function acceptRandom(fixtures: Fixtures, rows: number) {
  const { store, organisation } = fixtures;
  const people = await createPeople(store, organisation.id, MENTORS);
  const given = randomRows({ rows, mentors: MENTORS, days: 20, seed: rows });
  const accepted = await acceptFile(fixtures, sessionFile(given));
  return { id: accepted.id, expected: serialOracle(given, { nowMs: accepted.acceptedAt.getTime(), people }) };
}

/** As if the worker that holds the import had not been heard of for long. */
function forgetLease(store: Store): Promise<unknown> {
  return store.connection
    .collection('imports')
    .updateMany({}, { $set: { lease: { owner: 'somebody lost', until: new Date(Date.now() - LONG_MS) } } });
}

t.test('one whose workers are lost over its report ends, and its rows keep their results', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const { id } = await acceptFile(fixtures, sessionFile([goodRow()]));
  const writeFile = async (): Promise<never> => {
    throw new Error('no room');
  };
  const failing = { ...store, files: { ...store.files, writeFile } };
  t.equal((await work(workerDeps(failing), id)).status, 'reporting');
  await store.connection.collection('imports').updateMany({}, { $set: { stalls: 10 } });
  await forgetLease(store);
  const ended = await work(workerDeps(store), id);
  t.match(ended, { status: 'failed', failure: { code: 'INTERNAL_ERROR' }, report: null });
  t.same(ended.rows, { ...NO_ROWS, published: 1 }, 'the gateway writes its report from them');
  t.match(await resultsOf(store, ended), [{ row: 1, status: 'Published' }]);
  t.match(await store.mails.findMail(ended.mailId!), { status: 'pending' });
});

t.test('an import ends with its report and the mail that tells of it', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const rows = [
    goodRow({ title: '=Reading, circles', Platform: 'Zoom' }),
    goodRow({ type: 'Private', Date: '', Mentor: 'meera.iyer@example.org' }),
  ];
  const { id } = await acceptFile(fixtures, sessionFile(rows));
  const calls: unknown[] = [];
  const enqueue = async (...call: unknown[]): Promise<boolean> => calls.push(call) > 0;
  const ended = await work(
    { ...workerDeps(store, { MAIL_DOMAIN: 'mentorline.example' }), queues: { enqueue } },
    id,
  );
  t.match(ended, {
    status: 'completed',
    attempts: 1,
    rowsTotal: 2,
    rows: { ...NO_ROWS, published: 1, invalid: 1 },
  });
  const { _id } = (await store.connection.collection('sessions').findOne())!;
  const report = (await buffer(store.files.readFile(ended.report!.fileId))).toString();
  t.equal(ended.report!.sizeBytes, Buffer.byteLength(report));
  const lines = report.split('\r\n');
  t.equal(lines.length, 4);
  t.match(lines[0], /^\ufeffAction,id,title,.*,Row,Status,Status Message$/);
  t.equal(
    lines[1],
    `Create,${_id},"'=Reading, circles",How to start one,Public,asha.rao@example.org,,01-06-2031,IST,15:00 Hrs,60,` +
      'Teachers,Communication,English,Zoom,,,1,Published,Set meeting later',
  );
  t.match(lines[2], /^Create,,Reading circles,/);
  t.ok(
    lines[2]?.endsWith(
      ',2,Invalid,meera.iyer@example.org is not a mentor; A private session needs at least one mentee; ' +
        'Mandatory field Date not filled',
    ),
    String(lines[2]),
  );
  t.match(await store.mails.findMail(ended.mailId!), {
    importId: id,
    messageId: `<import-report.${id}@mentorline.example>`,
    to: { name: 'Priya Menon', address: 'manager@example.org' },
    status: 'pending',
  });
  t.same(calls, [['send-mail', { mailId: ended.mailId }, 0]]);
});

t.test('an import that has ended, that another holds, or that does not exist is left alone', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const deps = workerDeps(store);
  const { id } = await acceptFile(fixtures, sessionFile([goodRow()]));
  const pool = store.openTransactionPool(1);
  t.teardown(() => pool.close());
  await store.imports.claimImport(id, 'another', LONG_MS, pool);
  t.match(await work(deps, id), { status: 'queued', attempts: 1 });
  await forgetLease(store);
  const ended = await work(deps, id);
  t.match(ended, { status: 'completed', attempts: 2 });
  t.same(await work(deps, id), ended);
  await runNextImport(deps, new AbortController().signal);
  t.equal(await store.connection.collection('mails').countDocuments(), 1);
});

t.test(
  'a stop in the middle gives the import back at once, and the next worker ends it as if nothing had happened',
  async (t) => {
    const fixtures = await setup(t);
    const { store } = fixtures;
    const { id, expected } = await acceptRandom(fixtures, 900);
    const env = { IMPORT_PARTITIONS: '3', IMPORT_CHUNK_ROWS: '40' };
    for (const chunksBeforeStop of [0, 1, 7]) {
      const stop = new AbortController();
      let chunks = 0;
      const insertResults: Store['results']['insertResults'] = async (transaction, chunk) => {
        if (chunks === chunksBeforeStop) stop.abort(new Error('the service is stopping'));
        chunks += 1;
        return store.results.insertResults(transaction, chunk);
      };
      const stopping = { ...store, results: { ...store.results, insertResults } };
      const left = await work(workerDeps(stopping, env), id, stop.signal);
      t.equal(left.status, 'applying');
      const counts = await store.imports.countRows(id);
      t.ok(counts.published + counts.invalid < 900);
    }
    const ended = await work(workerDeps(store, { ...env, IMPORT_PARTITIONS: '8' }), id);
    t.match(ended, { status: 'completed', attempts: 4, partitions: 3 });
    t.same(await differences(store, ended, expected), []);
    t.same(await brokenPromises(store), []);
  },
);

t.test(
  'a mentor is one mentor however the cell is written: the earlier row wins, though its chunk comes last',
  async (t) => {
    const fixtures = await setup(t);
    const { store } = fixtures;
    const plain = 'asha.rao@example.org';
    for (const spelling of [`${plain};`, `, ${plain.toUpperCase()} ,`, `\u200b${plain}\u00a0`]) {
      await store.connection.collection('sessions').deleteMany({});
      // Chunks of two: those of the plain spelling are applied while the first row still waits for the file's end.
      const rows = [
        goodRow({ Mentor: spelling }),
        ...Array.from({ length: 8 }, () => goodRow({ Mentor: plain })),
      ];
      const { id } = await acceptFile(fixtures, sessionFile(rows));
      const ended = await work(workerDeps(store, { IMPORT_CHUNK_ROWS: '2' }), id);
      const results = await resultsOf(store, ended);
      t.match(results[0], { row: 1, status: 'Published' }, JSON.stringify(spelling));
      t.match(results[1]?.errors[0]?.message, '(row 1 of this file)');
      t.match(ended.rows, { published: 1, invalid: 8 });
    }
  },
);

t.test('a stop before anything was done loses nothing either', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const { id } = await acceptFile(fixtures, sessionFile([goodRow()]));
  const left = await work(workerDeps(store), id, AbortSignal.abort(new Error('the service is stopping')));
  t.match(left, { status: 'staging', attempts: 1 });
  t.match(await work(workerDeps(store), id), { status: 'completed', attempts: 2 });
});

t.test('an import whose rows were all applied when its worker was lost needs only its report', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  // The last row is a landmark: there is nothing left to be read behind it.
  const { id, expected } = await acceptRandom(fixtures, 5_000);
  const env = { IMPORT_PARTITIONS: '1' };
  const lost = new AbortController();
  const moveImport: Store['imports']['moveImport'] = async (...move) => {
    if (move[2].to === 'reporting') throw new Error('power cut');
    return store.imports.moveImport(...move);
  };
  const cut = { ...store, imports: { ...store.imports, moveImport } };
  t.equal((await work(workerDeps(cut, env), id, lost.signal)).status, 'applying');
  t.same(await store.shards.readCheckpoints(id), [5_000]);
  await forgetLease(store);
  const ended = await work(workerDeps(store, env), id);
  t.equal(ended.status, 'completed');
  t.same(await differences(store, ended, expected), []);
});

t.test('a fault on the way puts the import back with a waiting time', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const { id } = await acceptFile(fixtures, sessionFile([goodRow()]));
  const beginApplying = async (): Promise<never> => {
    throw new Error('the primary stepped down');
  };
  const before = Date.now();
  const failing = { ...store, imports: { ...store.imports, beginApplying } };
  t.match(await work(workerDeps(failing), id), { status: 'staging', attempts: 1, failure: null });
  const { lease } = (await store.connection.collection('imports').findOne())!;
  t.ok(lease.until.getTime() >= before + 200, 'somewhat later');
  t.ok(lease.until.getTime() < Date.now() + 5_000, 'but soon');
  await forgetLease(store);
  t.match(await work(workerDeps(store), id), { status: 'completed', attempts: 2 });
});

t.test('a worker that comes too late does not touch what its successor has ended', async (t) => {
  for (const moment of ['staging', 'applying', 'reporting'] as const) {
    const fixtures = await setup(t);
    const { store } = fixtures;
    const { id } = await acceptFile(fixtures, sessionFile([goodRow(), goodRow({ Date: '02-06-2031' })]));
    let overtaken = false;
    /** While the late worker sleeps at that point, another takes the import to its end. */
    const overtake = async (from: string): Promise<void> => {
      if (overtaken || from !== moment) return;
      overtaken = true;
      await forgetLease(store);
      t.equal((await work(workerDeps(store), id)).status, 'completed', `overtaken in ${moment}`);
    };
    const late: Store = {
      ...store,
      imports: {
        ...store.imports,
        async moveImport(...move) {
          if (move[2].from === 'applying') await overtake('applying');
          return store.imports.moveImport(...move);
        },
        async beginApplying(...staged) {
          await overtake('staging');
          return store.imports.beginApplying(...staged);
        },
      },
      files: {
        ...store.files,
        async writeFile(...file) {
          const written = await store.files.writeFile(...file);
          await overtake('reporting');
          return written;
        },
      },
    };
    const ended = await work(workerDeps(late), id);
    t.ok(overtaken);
    t.match(ended, { status: 'completed', attempts: 2, rows: { ...NO_ROWS, published: 2 } });
    t.equal((await buffer(store.files.readFile(ended.report!.fileId))).length, ended.report!.sizeBytes);
    t.equal(await store.connection.collection('mails').countDocuments(), 1);
    const files = store.connection.collection('files.files');
    t.equal(await files.countDocuments(), 2, 'the upload and one report');
    t.same(await brokenPromises(store), []);
  }
});
