import { IMPORT_STATUSES, TERMINAL_IMPORT_STATUSES } from '@mentorline/domain';
import t from 'tap';
import { newId } from '../src/index.ts';
import { accept, LONG_MS, OVER_MS, openPool } from './imports.ts';
import { openStore } from './open-store.ts';

const AT = new Date('2031-05-01T09:30:00Z');
const LATER = new Date(AT.getTime() + LONG_MS);

t.test('an import that nobody has begun is taken before all others', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const earlier = await accept(store);
  const { id } = await accept(store);
  t.match(await imports.cancelImport(id, AT), { id, status: 'queued', cancelRequestedAt: AT });
  t.match(await imports.listWaitingImports(10), [{ id }, { id: earlier.id }]);
  t.match(await imports.claimImport(id, 'worker', LONG_MS, openPool(t, store)), { cancelRequestedAt: AT });
});

t.test('of many who cancel at once one is noted', async (t) => {
  const store = await openStore(t);
  const { id } = await accept(store);
  let noted = 0;
  const asked = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      store.imports.cancelImport(id, new Date(AT.getTime() + n), async () => {
        noted += 1;
      }),
    ),
  );
  const times = asked.map((found) => found?.cancelRequestedAt?.getTime());
  t.equal(new Set(times).size, 1, 'all are told the same time');
  t.equal(noted, 1);
});

t.test('an import that somebody works on is asked to stop, and remembers since when', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  for (const status of IMPORT_STATUSES.filter((status) => !TERMINAL_IMPORT_STATUSES.includes(status))) {
    const { id } = await accept(store);
    await imports.claimImport(id, 'owner', LONG_MS, openPool(t, store));
    await store.connection.collection('imports').updateMany({ status: 'queued' }, { $set: { status } });
    t.equal(await imports.isCancelRequested(id), false);
    t.match(await imports.cancelImport(id, AT), { id, status, cancelRequestedAt: AT }, status);
    t.match(await imports.cancelImport(id, LATER), { cancelRequestedAt: AT }, 'a second time');
    t.equal(await imports.isCancelRequested(id), true);
    t.match(await imports.findImport(id), { status, finishedAt: null, mailId: null });
    t.equal(await imports.renewImportLease(id, 'owner', LONG_MS), true, 'it stays in its worker’s hands');
    await store.connection.collection('imports').updateMany({}, { $set: { status: 'completed' } });
  }
});

t.test('an import that has begun is asked to stop though its worker is gone', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await accept(store);
  await imports.claimImport(id, 'gone', OVER_MS, openPool(t, store));
  await imports.moveImport(id, 'gone', { from: 'queued', to: 'staging' }, {});
  t.match(await imports.cancelImport(id, AT), { status: 'staging', cancelRequestedAt: AT });
  t.match(await imports.listWaitingImports(10), [{ id, cancelRequestedAt: AT }]);
});

t.test('an import that has ended, or does not exist, cannot be cancelled', async (t) => {
  const store = await openStore(t);
  const documents = store.connection.collection('imports');
  for (const status of TERMINAL_IMPORT_STATUSES) {
    const { id } = await accept(store);
    await documents.updateMany({ status: 'queued' }, { $set: { status } });
    const before = await documents.findOne({ status });
    t.equal(await store.imports.cancelImport(id, AT), undefined, status);
    t.same(await documents.findOne({ status }), before);
  }
  t.equal(await store.imports.cancelImport(newId(), AT), undefined);
  t.equal(await store.imports.isCancelRequested(newId()), false);
});
