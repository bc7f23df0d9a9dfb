import t from 'tap';
import { newId } from '../src/index.ts';
import { accept, LONG_MS, openPool } from './imports.ts';
import { openStore } from './open-store.ts';

const AGO_MS = 60_000;

t.test('imports that wait and that run are counted, with the age of the oldest that waits', async (t) => {
  const store = await openStore(t);
  const { backlog, imports } = store;
  t.same(await backlog.measureImports(), { waiting: 0, running: 0, oldestWaitingMs: 0 });
  const running = await accept(store, {}, new Date(Date.now() - 3 * AGO_MS));
  await imports.claimImport(running.id, 'owner', LONG_MS, openPool(t, store));
  await accept(store, {}, new Date(Date.now() - AGO_MS));
  await accept(store);
  const before = await backlog.measureImports();
  t.match(before, { waiting: 2, running: 1 });
  t.ok(
    before.oldestWaitingMs >= AGO_MS && before.oldestWaitingMs < 2 * AGO_MS,
    `${before.oldestWaitingMs} ms`,
  );
  // It waits for its next attempt: in nobody's hands.
  await imports.releaseImport(running.id, 'owner', LONG_MS);
  const after = await backlog.measureImports();
  t.match(after, { waiting: 3, running: 0 });
  t.ok(after.oldestWaitingMs >= 3 * AGO_MS);
});

t.test(
  'the outbox tells of each priority how many are not sent and which has been due longest',
  async (t) => {
    const store = await openStore(t);
    const add = (kind: 'import-report' | 'session-invited', date: Date) =>
      store.transaction((transaction) =>
        store.mails.addMail(transaction, {
          ...{ organisationId: newId(), kind, date, messageId: `<${newId()}@example.org>` },
          to: { name: 'Priya Menon', address: 'manager@example.org' },
        }),
      );
    const nothing = { mails: 0, oldestDueMs: 0 };
    t.same(await store.backlog.measureOutbox(), [
      { priority: 0, ...nothing },
      { priority: 1, ...nothing },
      { priority: 2, ...nothing },
    ]);
    const due = await add('import-report', new Date(Date.now() - AGO_MS));
    await add('import-report', new Date(Date.now() + AGO_MS));
    const sent = await add('session-invited', new Date(Date.now() - AGO_MS));
    await store.mails.claimMail(sent, 'owner', LONG_MS);
    await store.mails.noteSent([{ id: sent, owner: 'owner', answer: '250 ok' }]);
    const [reports, reminders, sessions] = await store.backlog.measureOutbox();
    t.match(reports, { priority: 0, mails: 2 });
    t.ok(reports!.oldestDueMs >= AGO_MS && reports!.oldestDueMs < 2 * AGO_MS);
    t.match([reminders, sessions], [nothing, nothing]);
    await store.mails.claimMail(due, 'owner', LONG_MS);
    const nextAttemptAt = new Date(Date.now() + LONG_MS);
    await store.mails.settleMail(due, 'owner', { status: 'pending', error: 'busy', nextAttemptAt });
    t.match(await store.backlog.measureOutbox(), [{ priority: 0, mails: 2, oldestDueMs: 0 }]);
  },
);
