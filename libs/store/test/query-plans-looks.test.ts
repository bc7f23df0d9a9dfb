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
  await plan('lookAtImport', () => looks.lookAtImport(ids[0]!), 1);
  await plan('listFailedImports', () => looks.listFailedImports(PAGE), PAGE);
  await plan('countImports', () => looks.countImports(new Date(Date.now() - HOUR_MS)), 0);
  await plan('lookAtPartitions', () => looks.lookAtPartitions(ids), 4, true);
  await plan('lookAtShards', () => looks.lookAtShards(ids[0]!), 1);
  await plan('organisationsWithoutPlace', () => looks.organisationsWithoutPlace([organisationId]), 1);
  await plan('lookAtMail', () => looks.lookAtMail(mailIds[0]!), 1);
  await plan('listFailedMails', () => looks.listFailedMails(PAGE), PAGE);
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
});
