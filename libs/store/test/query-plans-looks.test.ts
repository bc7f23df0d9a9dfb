import t from 'tap';
import { newId } from '../src/index.ts';
import { HOUR_MS } from './builders.ts';
import { accept, LONG_MS, openPool } from './imports.ts';
import { openStore } from './open-store.ts';
import { checkPlan } from './query-plan.ts';

const RUNNING = 40;
const ENDED = 400;
const FAILED = 20;
const MAILS = 300;
const PAGE = 10;
/** More than are counted of anything. */
const MANY_ASIDE = 10_001;

t.test('whatever is stored, operators look at a part of it, by an index', async (t) => {
  const store = await openStore(t);
  const { imports, looks, mails } = store;
  const pool = openPool(t, store);
  const organisationId = newId();
  const ids: string[] = [];
  for (let n = 0; n < RUNNING; n += 1) ids.push((await accept(store, { organisationId })).id);
  await imports.claimImport(ids[0]!, 'owner', LONG_MS, pool);
  await imports.moveImport(ids[0]!, 'owner', { from: 'queued', to: 'staging' }, {});
  const staged = { rowsTotal: 10, landmarks: [], partitions: 4, shards: 1 };
  await imports.beginApplying(pool, ids[0]!, 'owner', staged);
  const collection = store.connection.collection('imports');
  const [sample] = await collection.find({ status: 'queued' }).toArray();
  const { _id: _, ...document } = sample!;
  await collection.insertMany(
    Array.from({ length: ENDED }, (_, n) => ({
      ...document,
      status: n < FAILED ? 'failed' : n % 2 ? 'completed' : 'cancelled',
      // One in ten within the hour.
      finishedAt: new Date(Date.now() - (n % 10 ? 48 : 0) * HOUR_MS - n),
      retriedAs: null,
    })),
  );
  const to = { name: 'Priya Menon', address: 'manager@example.org' };
  const mailIds = await store.transaction(async (transaction) => {
    const added: string[] = [];
    for (let n = 0; n < MAILS; n += 1) {
      const mail = { organisationId, kind: 'import-report', importId: ids[0]!, to } as const;
      const date = new Date(Date.now() - HOUR_MS);
      added.push(await mails.addMail(transaction, { ...mail, date, messageId: `<${n}@example.org>` }));
    }
    return added;
  });
  await store.connection
    .collection('mails')
    .updateMany({ messageId: /^<\d\d@/ }, { $set: { status: 'failed' } });
  await store.connection
    .collection('mails')
    .updateMany({ messageId: /^<1\d\d@/ }, { $set: { status: 'sent' } });

  const plan = (title: string, run: () => Promise<unknown>, mostDocs: number, sorts = false): Promise<void> =>
    checkPlan(t, store, { title, run }, { mostDocs, sorts });
  await plan('lookAtRunning', () => looks.lookAtRunning(PAGE), 2 * PAGE);
  const before = new Date(Date.now() + HOUR_MS);
  const still = { before, attempts: 5, limit: PAGE };
  // With the partitions of the one that is held.
  await plan('lookAtStill', () => looks.lookAtStill(still), 5, true);
  t.match(await looks.lookAtStill(still), [{ id: ids[0] }]);
  await plan('lookAtLost', () => looks.lookAtLost(PAGE), 3, true);
  await plan('lookAtImports', () => looks.lookAtImports(ids.slice(0, 2)), 2);
  t.same(await looks.lookAtLost(PAGE), [], 'nobody was lost with it');
  t.same(
    await looks.lookAtStill({ ...still, before: new Date(Date.now() - HOUR_MS) }),
    [],
    'it has just begun',
  );
  await plan('lookAtImport', () => looks.lookAtImport(ids[0]!), 1);
  await collection.updateMany({ status: 'failed' }, { $set: { failure: { code: 'QUOTE_BROKEN' } } });
  const failed = await collection.find({ status: 'failed' }).sort({ finishedAt: 1 }).limit(4).toArray();
  const [first, ...rest] = failed.map((one) => one._id);
  await collection.updateMany({ _id: { $in: rest } }, { $set: { failure: { code: 'INTERNAL_ERROR' } } });
  await collection.updateOne({ _id: first! }, { $set: { dismissedAt: new Date() } });
  const letters = { dismissed: false, limit: PAGE };
  await plan('listFailedImports', () => looks.listFailedImports(letters), PAGE + 1);
  const ours = { ...letters, codes: ['INTERNAL_ERROR', 'FILE_DAMAGED'] };
  await plan('listFailedImports of ours', () => looks.listFailedImports(ours), 3);
  t.equal((await looks.listFailedImports(ours)).length, 3, 'however many broken files came after them');
  const [, second] = await looks.listFailedImports(ours);
  const after = { at: second!.finishedAt!, id: second!.id };
  await plan('listFailedImports after one', () => looks.listFailedImports({ ...ours, after }), 3);
  const tenth = (await looks.listFailedImports(letters)).at(-1)!;
  const further = { ...letters, after: { at: tenth.finishedAt!, id: tenth.id } };
  await plan('listFailedImports further', () => looks.listFailedImports(further), PAGE + 2);
  t.equal((await looks.listFailedImports({ ...ours, after })).length, 1);
  await plan('dismissed imports', () => looks.listFailedImports({ ...letters, dismissed: true }), 1);
  t.equal((await looks.listFailedImports({ ...letters, dismissed: true })).length, 1);
  await plan('countFailedImports', () => looks.countFailedImports(ours.codes), 3);
  t.same(await looks.countFailedImports(ours.codes), { count: 3, isExact: true });
  await plan('countImports', () => looks.countImports(new Date(Date.now() - HOUR_MS)), 0);
  await plan('lookAtPartitions', () => looks.lookAtPartitions(ids), 4, true);
  await plan('lookAtShards', () => looks.lookAtShards(ids[0]!), 1);
  await plan('organisationsWithoutPlace', () => looks.organisationsWithoutPlace([organisationId]), 1);
  await plan('lookAtMail', () => looks.lookAtMail(mailIds[0]!), 1);
  await store.connection
    .collection('mails')
    .updateMany({ messageId: /^<1\d@/ }, { $set: { dismissedAt: new Date() } });
  await plan('listFailedMails', () => looks.listFailedMails(letters), PAGE);
  const page = await looks.listFailedMails({ ...letters, dismissed: true });
  const { dismissedAt, id } = page[2]!;
  const next = { ...letters, dismissed: true, after: { at: dismissedAt!, id } };
  await plan('dismissed mails', () => looks.listFailedMails(next), 2 * PAGE);
  t.same(
    (await looks.listFailedMails(next)).map((mail) => mail.id),
    page.slice(3).map((mail) => mail.id),
  );
  await plan('countFailedMails', () => looks.countFailedMails(), 80);
  t.same(await looks.countFailedMails(), { count: 80, isExact: true });
  await store.connection
    .collection('mails')
    .updateMany(
      { status: 'pending', messageId: /^<2\d\d@/ },
      { $set: { attempts: 2, lastError: '451 later' } },
    );
  await plan('lookAtRetried', () => looks.lookAtRetried(), 1);
  t.match(await looks.lookAtRetried(), { total: { count: 100, isExact: true }, longest: { attempts: 2 } });
  await plan('oldestDueAt', () => looks.oldestDueAt(), 3);
  await plan('countMails', () => looks.countMails(), 0);
  t.same(await looks.countMails(), {
    pending: { count: 110, isExact: true },
    sending: { count: 0, isExact: true },
    sent: { count: 100, isExact: false },
    failed: { count: 90, isExact: true },
  });
  t.match(await looks.countImports(new Date(Date.now() - HOUR_MS)), {
    queued: { count: RUNNING - 1, isExact: true },
    applying: { count: 1 },
    failed: { count: 2 },
  });
  const { _id, ...mail } = (await store.connection.collection('mails').findOne({ status: 'failed' }))!;
  await store.connection.collection('mails').insertMany(
    Array.from({ length: MANY_ASIDE }, (_, n) => ({
      ...mail,
      ...{ messageId: `<aside-${n}@example.org>`, dismissedAt: new Date() },
    })),
  );
  t.same(await looks.countFailedMails(), { count: 80, isExact: true }, 'however many were put aside');
});
