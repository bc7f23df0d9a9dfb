import { canMove, IMPORT_MOVES, IMPORT_STATUSES, TERMINAL_IMPORT_STATUSES } from '@mentorline/domain';
import t from 'tap';
import { type Import, NO_ROWS, newId, type Store, type TransactionPool } from '../src/index.ts';
import { buildUpload } from './builders.ts';
import { openStore } from './open-store.ts';

const LONG_MS = 60_000;
/** A lease that has run out when it is taken. */
const OVER_MS = -1;

interface TestContext {
  teardown(run: () => unknown): unknown;
}

function openPool(t: TestContext, store: Store): TransactionPool {
  const pool = store.openTransactionPool(1);
  t.teardown(() => pool.close());
  return pool;
}

/** An import in `owner`'s hands, moved on to `applying` with its partitions. */
async function applying(
  t: TestContext,
  store: Store,
  { owner = 'owner', partitions = 2 }: { owner?: string; partitions?: number } = {},
): Promise<Import> {
  const { id } = await store.imports.acceptImport(buildUpload(), new Date());
  await store.imports.claimImport(id, owner, LONG_MS, openPool(t, store));
  await store.imports.moveImport(id, owner, { from: 'queued', to: 'staging' }, {});
  await store.imports.beginApplying(id, owner, { rowsTotal: 100, landmarks: [], partitions });
  return (await store.imports.findImport(id))!;
}

t.test('an accepted upload is found as it was given, by its own organisation only', async (t) => {
  const { imports } = await openStore(t);
  const upload = buildUpload({ fileName: 'जून.csv', sizeBytes: 12_345, warnings: ['Unknown column: Region'] });
  const acceptedAt = new Date('2031-05-01T09:30:00.123Z');
  const accepted = await imports.acceptImport(upload, acceptedAt);
  t.match(accepted, { ...upload, acceptedAt, status: 'queued', attempts: 0, startedAt: null, partitions: 0 });
  const found = await imports.findImport(accepted.id, upload.organisationId);
  t.match(found, { ...upload, acceptedAt, status: 'queued', report: null, mailId: null, failure: null });
  t.same(Object.keys(found!).sort(), Object.keys(accepted).sort());
  t.equal(await imports.findImport(accepted.id, newId()), undefined);
  t.equal(await imports.findImport(newId()), undefined);
});

t.test('imports are listed newest first, page by page, each once', async (t) => {
  const { imports } = await openStore(t);
  const organisationId = newId();
  // Ten of them accepted in the same millisecond.
  const times = Array.from({ length: 25 }, (_, n) => new Date(1_900_000_000_000 + Math.max(0, n - 10)));
  for (const acceptedAt of times) await imports.acceptImport(buildUpload({ organisationId }), acceptedAt);
  await imports.acceptImport(buildUpload(), times[3]!);

  const seen: Import[] = [];
  for (;;) {
    const last = seen.at(-1);
    const after = last ? { after: { acceptedAt: last.acceptedAt, id: last.id } } : {};
    const { items, total } = await imports.listImports(organisationId, { limit: 4, ...after });
    t.equal(total, times.length);
    if (items.length === 0) break;
    seen.push(...items);
  }
  t.equal(new Set(seen.map(({ id }) => id)).size, times.length);
  const sorted = seen.toSorted((a, b) => b.acceptedAt.getTime() - a.acceptedAt.getTime());
  t.same(
    seen.map(({ id }) => id),
    sorted.map(({ id }) => id),
  );
  t.same(await imports.listImports(organisationId, { status: 'completed', limit: 4 }), {
    items: [],
    total: 0,
  });
  t.match(await imports.listImports(organisationId, { status: 'queued', limit: 1 }), { total: times.length });
});

t.test('of twenty workers who claim an import at once one gets it', async (t) => {
  const store = await openStore(t);
  const { id } = await store.imports.acceptImport(buildUpload(), new Date());
  const claims = await Promise.all(
    Array.from({ length: 20 }, () => store.imports.claimImport(id, newId(), LONG_MS, openPool(t, store))),
  );
  t.equal(claims.filter(Boolean).length, 1);
  t.match(claims.find(Boolean), { id, status: 'queued', attempts: 1 });
  t.same(await store.imports.listWaitingImports(10), []);
  const { attempts, startedAt } = (await store.imports.findImport(id))!;
  t.equal(attempts, 1);
  t.ok(startedAt instanceof Date);
});

t.test('an import whose worker is gone goes to one other, who knows how often it was tried', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await imports.acceptImport(buildUpload(), new Date());
  await imports.claimImport(id, 'gone', OVER_MS, openPool(t, store));
  const { startedAt } = (await imports.findImport(id))!;
  t.same(await imports.listWaitingImports(10), [{ id, attempts: 1 }]);
  const claims = await Promise.all(
    Array.from({ length: 10 }, (_, n) => imports.claimImport(id, `next ${n}`, LONG_MS, openPool(t, store))),
  );
  t.equal(claims.filter(Boolean).length, 1);
  t.match(claims.find(Boolean), { attempts: 2 });
  t.same((await imports.findImport(id))?.startedAt, startedAt, 'it began once');

  t.equal(await imports.renewImportLease(id, 'gone', LONG_MS), false);
  t.equal(await imports.moveImport(id, 'gone', { from: 'queued', to: 'staging' }, {}), false);
  await imports.releaseImport(id, 'gone', OVER_MS);
  t.same(await imports.listWaitingImports(10), [], 'nor can the one that is gone give it away');
});

t.test('a renewed lease holds on', async (t) => {
  const store = await openStore(t);
  const { id } = await store.imports.acceptImport(buildUpload(), new Date());
  await store.imports.claimImport(id, 'slow', OVER_MS, openPool(t, store));
  t.equal(await store.imports.renewImportLease(id, 'slow', LONG_MS), true);
  t.equal(await store.imports.claimImport(id, 'other', LONG_MS, openPool(t, store)), undefined);
});

t.test('an import given back is claimed again once its waiting time is over', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await imports.acceptImport(buildUpload(), new Date());
  await imports.claimImport(id, 'first', LONG_MS, openPool(t, store));
  await imports.releaseImport(id, 'first', LONG_MS);
  t.same(await imports.listWaitingImports(10), []);
  t.equal(await imports.claimImport(id, 'second', LONG_MS, openPool(t, store)), undefined);
  t.equal(await imports.renewImportLease(id, 'first', LONG_MS), false, 'it is no longer the first one’s');

  const other = await imports.acceptImport(buildUpload(), new Date());
  await imports.claimImport(other.id, 'first', LONG_MS, openPool(t, store));
  await imports.releaseImport(other.id, 'first', OVER_MS);
  t.match(await imports.claimImport(other.id, 'second', LONG_MS, openPool(t, store)), { attempts: 2 });
});

t.test('what a worker left open is ended by the next, whose transactions wait for nothing', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const mentorId = newId();
  const { id } = await imports.acceptImport(buildUpload(), new Date());
  const organisation = { organisationId: newId() };
  const slot = { startMs: 0, endMs: 1_800_000 };
  const requests = [{ mentorId, slot, slotGapMinutes: 0 }];
  await store.slots.ensureLocks([mentorId]);

  const gone = openPool(t, store);
  await imports.claimImport(id, 'gone', OVER_MS, gone);
  let locked = () => {};
  const holdsLock = new Promise<void>((resolve) => {
    locked = resolve;
  });
  let wake = () => {};
  const awake = new Promise<void>((resolve) => {
    wake = resolve;
  });
  let goneTries = 0;
  const late = gone.run(async (transaction) => {
    goneTries += 1;
    if (goneTries > 1) throw new Error('begun again, to find its checkpoint moved');
    await store.slots.lockCalendars(transaction, organisation, requests);
    locked();
    await awake;
    await store.slots.lockCalendars(transaction, organisation, requests);
    return 'committed';
  });
  await holdsLock;

  const next = openPool(t, store);
  t.match(await imports.claimImport(id, 'next', LONG_MS, next), { attempts: 2 });
  let tries = 0;
  await next.run(async (transaction) => {
    tries += 1;
    await store.slots.lockCalendars(transaction, organisation, requests);
  });
  t.equal(tries, 1, 'the lock was free at once');
  wake();
  await t.rejects(late, { message: 'begun again, to find its checkpoint moved' });
  t.match(await store.connection.collection('mentorLocks').findOne(), { sequence: 1 });

  t.equal(await next.run(async () => 'usable'), 'usable');
});

t.test('an import moves along the table only, and only in its owner’s hands', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await imports.acceptImport(buildUpload(), new Date());
  await imports.claimImport(id, 'owner', LONG_MS, openPool(t, store));
  const documents = store.connection.collection('imports');
  const lease = { owner: 'owner', until: new Date(Date.now() + LONG_MS) };
  for (const from of IMPORT_STATUSES) {
    for (const to of IMPORT_STATUSES) {
      await documents.updateMany({}, { $set: { status: from, lease, finishedAt: null } });
      const move = `${from} to ${to}`;
      if (!canMove(IMPORT_MOVES, from, to)) {
        await t.rejects(imports.moveImport(id, 'owner', { from, to }, {}), {
          message: `An import never goes from ${move}`,
        });
        t.match(await documents.findOne(), { status: from });
        continue;
      }
      t.equal(await imports.moveImport(id, 'other', { from, to }, {}), false, move);
      t.match(await documents.findOne(), { status: from });
      t.equal(await imports.moveImport(id, 'owner', { from, to }, {}), true, move);
      const ended = TERMINAL_IMPORT_STATUSES.includes(to);
      t.match(await documents.findOne(), {
        status: to,
        lease: ended ? null : { owner: 'owner' },
        finishedAt: ended ? Date : null,
      });
      t.equal(await imports.moveImport(id, 'owner', { from, to }, {}), false, `${move}, a second time`);
    }
  }
});

t.test('an import that has ended is not claimed, renewed, released or waiting', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  for (const status of TERMINAL_IMPORT_STATUSES) {
    const { id } = await imports.acceptImport(buildUpload(), new Date());
    const documents = store.connection.collection('imports');
    await documents.updateMany({ status: 'queued' }, { $set: { status, lease: null } });
    t.equal(await imports.claimImport(id, 'owner', LONG_MS, openPool(t, store)), undefined);
    t.equal(await imports.renewImportLease(id, 'owner', LONG_MS), false);
    t.same(await imports.listWaitingImports(10), []);
  }
});

t.test('what belongs to a move is stored with it, and undone with its transaction', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await applying(t, store);
  const report = { fileId: newId(), sizeBytes: 0 };
  const move = { from: 'applying', to: 'reporting' } as const;
  await t.rejects(
    store.transaction(async (transaction) => {
      await imports.moveImport(id, 'owner', move, { report }, transaction);
      throw new Error('undo');
    }),
  );
  t.match(await imports.findImport(id), { status: 'applying', report: null });
  await imports.moveImport(id, 'owner', move, { report });
  const mailId = newId();
  const rows = { ...NO_ROWS, published: 99, invalid: 1 };
  await imports.moveImport(id, 'owner', { from: 'reporting', to: 'completed' }, { rows, mailId });
  t.match(await imports.findImport(id), { status: 'completed', report, rows, mailId, rowsTotal: 100 });
});

t.test('partitions begin once, with nothing applied', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await imports.acceptImport(buildUpload(), new Date());
  await imports.claimImport(id, 'owner', LONG_MS, openPool(t, store));
  await imports.moveImport(id, 'owner', { from: 'queued', to: 'staging' }, {});
  const staged = { rowsTotal: 7, landmarks: [{ row: 5, offset: 500 }], partitions: 3 };
  t.equal(await imports.beginApplying(id, 'other', staged), false);
  t.same(await imports.readCheckpoints(id), []);
  t.equal(await imports.beginApplying(id, 'owner', staged), true);
  t.equal(await imports.beginApplying(id, 'owner', { ...staged, partitions: 8 }), false);
  t.same(await imports.readCheckpoints(id), [0, 0, 0]);
  t.match(await imports.findImport(id), { status: 'applying', ...staged });
  t.same(await imports.countRows(id), NO_ROWS);
});

t.test('a checkpoint moves from where it stands and nowhere else', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id: importId } = await applying(t, store, { partitions: 2 });
  const advance = (partition: number, from: number, to: number, published: number) =>
    store.transaction((transaction) =>
      imports.advanceCheckpoint(transaction, {
        importId,
        partition,
        from,
        to,
        counts: { ...NO_ROWS, published, invalid: 1 },
      }),
    );
  t.equal(await advance(0, 0, 10, 4), true);
  t.equal(await advance(0, 0, 10, 4), false, 'the same chunk again');
  t.equal(await advance(0, 5, 20, 4), false, 'a chunk out of turn');
  t.equal(await advance(2, 0, 10, 4), false, 'a partition that does not exist');
  t.equal(await advance(0, 10, 21, 6), true);
  t.equal(await advance(1, 0, 12, 2), true);
  t.same(await imports.readCheckpoints(importId), [21, 12]);
  t.same(await imports.countRows(importId), { ...NO_ROWS, published: 12, invalid: 3 });
});

t.test('of many workers with the same chunk one moves the checkpoint', async (t) => {
  const store = await openStore(t);
  const { id: importId } = await applying(t, store);
  const chunk = { importId, partition: 0, from: 0, to: 5, counts: { ...NO_ROWS, published: 5 } };
  const moved = await Promise.all(
    Array.from({ length: 10 }, () =>
      store.transaction((transaction) => store.imports.advanceCheckpoint(transaction, chunk)),
    ),
  );
  t.equal(moved.filter(Boolean).length, 1);
  t.same(await store.imports.countRows(importId), { ...NO_ROWS, published: 5 });
});

t.test('imports wait in the order in which they were accepted', async (t) => {
  const { imports } = await openStore(t);
  const ids: string[] = [];
  for (const second of [30, 10, 20]) {
    ids.push((await imports.acceptImport(buildUpload(), new Date(second * 1_000))).id);
  }
  const waiting = async (limit: number) => (await imports.listWaitingImports(limit)).map(({ id }) => id);
  t.same(await waiting(10), [ids[1], ids[2], ids[0]]);
  t.same(await waiting(1), [ids[1]]);
});
