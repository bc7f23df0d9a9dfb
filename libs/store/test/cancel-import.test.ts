import { IMPORT_STATUSES, TERMINAL_IMPORT_STATUSES } from '@mentorline/domain';
import t from 'tap';
import { NO_ROWS, newId, type Store } from '../src/index.ts';
import { accept, LONG_MS, OVER_MS, openPool } from './imports.ts';
import { openStore } from './open-store.ts';

const DOMAIN = 'mail.example.org';
const AT = new Date('2031-05-01T09:30:00Z');
const LATER = new Date(AT.getTime() + LONG_MS);

function mailsOf(store: Store) {
  return store.connection.collection('mails').find().toArray();
}

t.test('an import that nobody has begun ends at once, with the mail that tells of it', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id, organisationId, uploadedBy } = await accept(store);
  const cancelled = await imports.cancelImport(id, DOMAIN, AT);
  t.match(cancelled, { id, status: 'cancelled', cancelRequestedAt: AT, finishedAt: AT, rows: NO_ROWS });
  t.same(await imports.findImport(id), cancelled);
  const mail = await store.mails.findMail(cancelled?.mailId ?? '');
  t.match(mail, {
    organisationId,
    importId: id,
    kind: 'import-report',
    status: 'pending',
    to: { name: uploadedBy.name, address: uploadedBy.email },
    messageId: `<import-report.${id}@${DOMAIN}>`,
  });
  t.equal((await mailsOf(store)).length, 1);
  t.same(await imports.listWaitingImports(10), []);
  t.equal(await imports.claimImport(id, 'late', LONG_MS, openPool(t, store)), undefined);
});

t.test('of many who cancel at once one ends the import, and one mail goes out', async (t) => {
  const store = await openStore(t);
  const { id } = await accept(store);
  const asked = await Promise.all(
    Array.from({ length: 10 }, () => store.imports.cancelImport(id, DOMAIN, AT)),
  );
  t.match(asked.filter(Boolean), [{ status: 'cancelled' }]);
  t.equal(asked.filter(Boolean).length, 1);
  t.equal((await mailsOf(store)).length, 1);
});

t.test('an import that somebody works on is only asked to stop, and remembers since when', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  for (const status of IMPORT_STATUSES.filter((status) => !TERMINAL_IMPORT_STATUSES.includes(status))) {
    const { id } = await accept(store);
    await imports.claimImport(id, 'owner', LONG_MS, openPool(t, store));
    await store.connection.collection('imports').updateMany({ status: 'queued' }, { $set: { status } });
    t.equal(await imports.isCancelRequested(id), false);
    t.match(await imports.cancelImport(id, DOMAIN, AT), { id, status, cancelRequestedAt: AT }, status);
    t.match(await imports.cancelImport(id, DOMAIN, LATER), { cancelRequestedAt: AT }, 'a second time');
    t.equal(await imports.isCancelRequested(id), true);
    t.match(await imports.findImport(id), { status, finishedAt: null, mailId: null });
    t.equal(await imports.renewImportLease(id, 'owner', LONG_MS), true, 'it stays in its worker’s hands');
    await store.connection.collection('imports').updateMany({}, { $set: { status: 'completed' } });
  }
  t.same(await mailsOf(store), []);
});

t.test('an import that has begun is only asked to stop though its worker is gone', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const { id } = await accept(store);
  await imports.claimImport(id, 'gone', OVER_MS, openPool(t, store));
  await imports.moveImport(id, 'gone', { from: 'queued', to: 'staging' }, {});
  t.match(await imports.cancelImport(id, DOMAIN, AT), { status: 'staging', cancelRequestedAt: AT });
  t.match(await imports.listWaitingImports(10), [{ id, cancelRequestedAt: AT }]);
});

t.test('an import that has ended, or does not exist, cannot be cancelled', async (t) => {
  const store = await openStore(t);
  const documents = store.connection.collection('imports');
  for (const status of TERMINAL_IMPORT_STATUSES) {
    const { id } = await accept(store);
    await documents.updateMany({ status: 'queued' }, { $set: { status } });
    const before = await documents.findOne({ status });
    t.equal(await store.imports.cancelImport(id, DOMAIN, AT), undefined, status);
    t.same(await documents.findOne({ status }), before);
  }
  t.equal(await store.imports.cancelImport(newId(), DOMAIN, AT), undefined);
  t.equal(await store.imports.isCancelRequested(newId()), false);
  t.same(await mailsOf(store), []);
});

t.test('of a worker and a canceller who come at the same moment both know where they stand', async (t) => {
  const store = await openStore(t);
  for (let round = 0; round < 10; round += 1) {
    const { id } = await accept(store);
    const [cancelled, claimed] = await Promise.all([
      store.imports.cancelImport(id, DOMAIN, AT),
      store.imports.claimImport(id, 'worker', LONG_MS, openPool(t, store)),
    ]);
    const stands = await store.imports.findImport(id);
    const mails = (await mailsOf(store)).filter((mail) => String(mail.importId) === id);
    t.same(stands?.cancelRequestedAt, AT);
    t.match(cancelled, { status: claimed ? 'queued' : 'cancelled' });
    t.equal(stands?.status, claimed ? 'queued' : 'cancelled');
    t.equal(mails.length, claimed ? 0 : 1);
  }
});
