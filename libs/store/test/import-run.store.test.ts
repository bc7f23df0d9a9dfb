import { canMove, IMPORT_MOVES, IMPORT_STATUSES, TERMINAL_IMPORT_STATUSES } from '@mentorline/domain';
import t from 'tap';
import { NO_ROWS, newId } from '../src/index.ts';
import { accept, applying, LONG_MS, OVER_MS, openPool } from './imports.ts';
import { openStore } from './open-store.ts';

t.test('of twenty workers who claim an import at once one gets it', async (t) => {
  const store = await openStore(t);
  const { id } = await accept(store);
  const claims = await Promise.all(
    Array.from({ length: 20 }, () => store.imports.claimImport(id, newId(), LONG_MS, openPool(t, store))),
  );
  t.equal(claims.filter(Boolean).length, 1);
  t.match(claims.find(Boolean), { id, status: 'queued', attempts: 1, stalls: 0 });
  t.same(await store.imports.listWaitingImports(10), []);
  const { attempts, startedAt } = (await store.imports.findImport(id))!;
  t.equal(attempts, 1);
  t.ok(startedAt instanceof Date);
});

t.test('an import whose worker is gone goes to one other, who knows how often it was tried', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await accept(store);
  await imports.claimImport(id, 'gone', OVER_MS, openPool(t, store));
  const { startedAt } = (await imports.findImport(id))!;
  t.match(await imports.listWaitingImports(10), [{ id, attempts: 1 }]);
  const claims = await Promise.all(
    Array.from({ length: 10 }, (_, n) => imports.claimImport(id, `next ${n}`, LONG_MS, openPool(t, store))),
  );
  t.equal(claims.filter(Boolean).length, 1);
  t.match(claims.find(Boolean), { attempts: 2, stalls: 1 });
  t.same((await imports.findImport(id))?.startedAt, startedAt, 'it began once');

  t.equal(await imports.renewImportLease(id, 'gone', LONG_MS), false);
  t.equal(await imports.moveImport(id, 'gone', { from: 'queued', to: 'staging' }, {}), false);
  await imports.releaseImport(id, 'gone', OVER_MS);
  t.same(await imports.listWaitingImports(10), [], 'nor can the one that is gone give it away');
});

t.test('a renewed lease holds on', async (t) => {
  const store = await openStore(t);
  const { id } = await accept(store);
  await store.imports.claimImport(id, 'slow', OVER_MS, openPool(t, store));
  t.equal(await store.imports.renewImportLease(id, 'slow', LONG_MS), true);
  t.equal(await store.imports.claimImport(id, 'other', LONG_MS, openPool(t, store)), undefined);
});

t.test('an import given back is claimed again once its waiting time is over', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await accept(store);
  await imports.claimImport(id, 'first', LONG_MS, openPool(t, store));
  await imports.releaseImport(id, 'first', LONG_MS);
  t.same(await imports.listWaitingImports(10), []);
  t.equal(await imports.claimImport(id, 'second', LONG_MS, openPool(t, store)), undefined);
  t.equal(await imports.renewImportLease(id, 'first', LONG_MS), false, 'it is no longer the first one’s');

  const other = await accept(store);
  await imports.claimImport(other.id, 'first', LONG_MS, openPool(t, store));
  await imports.releaseImport(other.id, 'first', OVER_MS);
  t.match(await imports.claimImport(other.id, 'second', LONG_MS, openPool(t, store)), { attempts: 2 });
});

t.test('workers lost one after the other are counted until one gets on or gives back', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await accept(store);
  const claim = async (owner: string) =>
    (await imports.claimImport(id, owner, OVER_MS, openPool(t, store)))?.stalls;
  t.equal(await claim('first'), 0);
  t.equal(await claim('second'), 1);
  t.equal(await claim('third'), 2);
  await imports.releaseImport(id, 'third', OVER_MS);
  t.equal(await claim('fourth'), 0, 'given back in order');
  t.equal(await claim('fifth'), 1);
  await imports.moveImport(id, 'fifth', { from: 'queued', to: 'staging' }, {});
  t.equal((await imports.findImport(id))?.stalls, 0, 'it got on');
  t.equal(await claim('sixth'), 1);
});

t.test('the next worker ends nothing of one that gave the import back', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await accept(store);
  const mentorId = newId();
  await store.slots.ensureLocks([mentorId]);
  const pool = openPool(t, store);
  await imports.claimImport(id, 'first', LONG_MS, pool);
  await imports.releaseImport(id, 'first', OVER_MS);
  let tries = 0;
  await pool.run(async (transaction) => {
    tries += 1;
    await store.slots.lockMentors(transaction, { organisationId: newId() }, [mentorId]);
    await imports.claimImport(id, 'second', LONG_MS, openPool(t, store));
  });
  t.equal(tries, 1, 'its ids are in use elsewhere by then');
  t.equal(await imports.renewImportLease(id, 'second', LONG_MS), true);
});

t.test('what a worker left open is ended by the next, whose transactions wait for nothing', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const mentorId = newId();
  const { id } = await accept(store);
  const reader = { organisationId: newId() };
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
    await store.slots.lockMentors(transaction, reader, [mentorId]);
    locked();
    await awake;
    await store.slots.lockMentors(transaction, reader, [mentorId]);
    return 'committed';
  });
  await holdsLock;

  const next = openPool(t, store);
  t.match(await imports.claimImport(id, 'next', LONG_MS, next), { attempts: 2 });
  let tries = 0;
  await next.run(async (transaction) => {
    tries += 1;
    await store.slots.lockMentors(transaction, reader, [mentorId]);
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
  const { id } = await accept(store);
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
    const { id } = await accept(store);
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

t.test('partitions and shards begin once, with nothing applied', async (t) => {
  const store = await openStore(t);
  const { imports, shards } = store;
  const { id } = await accept(store);
  const pool = openPool(t, store);
  await imports.claimImport(id, 'owner', LONG_MS, pool);
  await imports.moveImport(id, 'owner', { from: 'queued', to: 'staging' }, {});
  const staged = { rowsTotal: 7, landmarks: [{ row: 5, offset: 500 }], partitions: 3, shards: 2 };
  t.equal(await imports.beginApplying(pool, id, 'other', staged), false);
  t.same(await shards.readCheckpoints(id), []);
  t.equal(await shards.countUnfinished(id), 0);
  t.equal(await imports.beginApplying(pool, id, 'owner', staged), true);
  t.equal(await imports.beginApplying(pool, id, 'owner', { ...staged, partitions: 8, shards: 4 }), false);
  t.same(await shards.readCheckpoints(id), [0, 0, 0]);
  t.equal(await shards.countUnfinished(id), 2);
  t.match(await imports.findImport(id), { status: 'applying', ...staged });
  t.same(await imports.countRows(id), NO_ROWS);
});
