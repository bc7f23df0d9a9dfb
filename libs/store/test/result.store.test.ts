import { ROW_STATUSES } from '@mentorline/domain';
import fc from 'fast-check';
import t from 'tap';
import { isDuplicateKey, newId, type RowResult, type Store, statusMessage } from '../src/index.ts';
import { openStore } from './open-store.ts';

const PARTITIONS = 5;

function buildResult(row: number, given: Partial<RowResult> = {}): RowResult {
  const cells = ['Create', `Session ${row}`, 'हिन्दी', ''];
  return {
    row,
    action: 'Create',
    status: 'Published',
    sessionId: newId(),
    note: '',
    errors: [],
    cells,
    ...given,
  };
}

function insert(
  store: Store,
  importId: string,
  partition: number,
  rows: readonly RowResult[],
): Promise<void> {
  return store.transaction((transaction) =>
    store.results.insertResults(transaction, { importId, partition, rows }),
  );
}

async function collect(results: AsyncIterable<RowResult>): Promise<RowResult[]> {
  const all: RowResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}

t.test('results come back in file order however the rows were dealt out and cut into chunks', async (t) => {
  const store = await openStore(t);
  const row = fc.record({
    partition: fc.nat(PARTITIONS - 1),
    endsChunk: fc.boolean(),
    status: fc.constantFrom(...ROW_STATUSES),
  });
  const file = fc.record({
    rows: fc.array(row, { maxLength: 60, size: 'max' }),
    after: fc.nat(65),
    status: fc.constantFrom(...ROW_STATUSES),
  });
  await fc.assert(
    fc.asyncProperty(file, async ({ rows, after, status }) => {
      const importId = newId();
      const all = rows.map((given, index) => buildResult(index + 1, { status: given.status }));
      const chunks = Array.from({ length: PARTITIONS }, (): RowResult[] => []);
      const inserts: Promise<void>[] = [];
      for (const [index, { partition, endsChunk }] of rows.entries()) {
        chunks[partition]!.push(all[index]!);
        if (endsChunk) inserts.push(insert(store, importId, partition, chunks[partition]!.splice(0)));
      }
      for (const [partition, left] of chunks.entries())
        inserts.push(insert(store, importId, partition, left));
      await Promise.all(inserts);
      const read = (filter?: { after?: number; status?: RowResult['status'] }) =>
        collect(store.results.readResults(importId, PARTITIONS, filter));

      t.strictSame(await read(), all);
      t.strictSame(
        (await read({ after })).map((result) => result.row),
        all.map((result) => result.row).filter((number) => number > after),
      );
      t.strictSame(
        await read({ after, status }),
        all.filter((result) => result.row > after && result.status === status),
      );
    }),
    { numRuns: 25 },
  );
});

t.test('a result comes back with everything that was said of its row', async (t) => {
  const store = await openStore(t);
  const importId = newId();
  const fault = fc.record(
    { code: fc.string(), column: fc.string(), value: fc.string(), message: fc.string() },
    { noNullPrototype: true },
  );
  const text = fc.string({ unit: 'binary' });
  const told = fc.record({
    action: text,
    sessionId: fc.option(fc.constant(newId())),
    note: text,
    errors: fc.array(fault, { maxLength: 3 }),
    cells: fc.array(fc.oneof(text, fc.constantFrom('"', '\\', '\n', '\u0000', 'हिन्दी', '👩‍🏫', '__proto__'))),
  });
  let row = 0;
  await fc.assert(
    fc.asyncProperty(told, async (given) => {
      row += 1;
      const result = buildResult(row, given);
      await insert(store, importId, 0, [result]);
      t.strictSame(await collect(store.results.readResults(importId, 1, { after: row - 1 })), [result]);
    }),
    { numRuns: 30 },
  );
});

t.test('chunks of an earlier version are all in one line, and read as well', async (t) => {
  const store = await openStore(t);
  const importId = newId();
  const all = [1, 2, 3, 4].map((row) => buildResult(row, row === 3 ? { status: 'Invalid' } : {}));
  await insert(store, importId, 0, all);
  const stored = store.connection.collection('importResults');
  const [chunk] = await stored.find().toArray();
  await stored.updateOne({}, { $set: { rows: JSON.stringify(JSON.parse(chunk!.rows)) } });
  const read = (filter?: { after?: number; status?: 'Invalid' }) =>
    collect(store.results.readResults(importId, 1, filter));
  t.strictSame(await read(), all);
  t.strictSame(await read({ after: 3 }), all.slice(3));
  t.strictSame(await read({ status: 'Invalid' }), [all[2]]);
});

t.test('results of another import stay out, and an import without any has none', async (t) => {
  const store = await openStore(t);
  const [one, other] = [newId(), newId()];
  await insert(store, one, 0, [buildResult(1)]);
  await insert(store, other, 0, [buildResult(1), buildResult(2)]);
  t.equal((await collect(store.results.readResults(one, 1))).length, 1);
  t.same(await collect(store.results.readResults(newId(), PARTITIONS)), []);
  t.same(await collect(store.results.readResults(one, 0)), []);
});

t.test('a reader may leave off early', async (t) => {
  const store = await openStore(t);
  const importId = newId();
  for (const partition of [0, 1]) {
    for (let chunk = 0; chunk < 10; chunk += 1) {
      await insert(store, importId, partition, [buildResult(chunk * 2 + partition + 1)]);
    }
  }
  const seen: number[] = [];
  for await (const { row } of store.results.readResults(importId, 2)) if (seen.push(row) === 3) break;
  t.same(seen, [1, 2, 3]);
  const { metrics } = await store.connection.db!.command({ serverStatus: 1 });
  t.ok(metrics.cursor, 'the server tells of its cursors');
  t.same(await openCursors(store), [], 'no cursor is left open');
});

t.test('the results of one chunk cannot be stored twice', async (t) => {
  const store = await openStore(t);
  const importId = newId();
  const rows = [buildResult(1), buildResult(2)];
  await insert(store, importId, 0, rows);
  const again = await insert(store, importId, 0, rows).catch((error: unknown) => error);
  t.ok(isDuplicateKey(again));
  t.equal((await collect(store.results.readResults(importId, 1))).length, 2);
});

t.test('the report says every fault of a row, or the note of one that went well', async (t) => {
  const fault = { code: 'X', column: 'Mentor', value: '' };
  const errors = [
    { ...fault, message: 'User not found: a@example.org' },
    { ...fault, message: 'Mandatory field Date not filled' },
  ];
  t.equal(
    statusMessage({ errors, note: '' }),
    'User not found: a@example.org; Mandatory field Date not filled',
  );
  t.equal(statusMessage({ errors: [], note: 'Set meeting later' }), 'Set meeting later');
  t.equal(statusMessage({ errors: [], note: '' }), '');
});

async function openCursors(store: Store): Promise<unknown[]> {
  const admin = store.connection.getClient().db('admin');
  return admin
    .aggregate([
      { $currentOp: { idleCursors: true, allUsers: true } },
      { $match: { type: 'idleCursor', ns: { $regex: `^${store.connection.name}\\.` } } },
      { $project: { ns: 1, cursor: 1 } },
    ])
    .toArray();
}
