import { newId, type Store, type TransactionPool } from '@mentorline/store';
import t from 'tap';
import { openQueues, startDispatcher } from '../src/index.ts';
import { lookAt, openStore, ownQueues, SILENT, startCable, type TestContext, until } from './servers.ts';

const LONG_MS = 60_000;

// A sweep comes every second: most of the time is spent waiting.
t.jobs = 4;

async function acceptImport({ imports }: Store): Promise<string> {
  const accepted = await imports.acceptImport(
    {
      organisationId: newId(),
      uploadedBy: { userId: newId(), name: 'Priya Menon', email: 'manager@example.org' },
      kind: 'sessions',
      mode: 'apply',
      fileName: 'sessions.csv',
      fileId: newId(),
      sizeBytes: 1,
      sha256: '00',
      encoding: 'utf-8',
      bom: false,
      delimiter: ',',
      header: { names: [], columns: [], warnings: [] },
      warnings: [],
      settings: {
        timeZone: 'Asia/Kolkata',
        enrolmentLimit: 5,
        minDurationMinutes: 30,
        maxDurationMinutes: 1440,
        slotGapMinutes: 0,
        newOptions: 'create',
        requiredFields: [],
        workingHours: { from: '08:00', to: '20:00' },
        brandColor: '#1e3a5f',
      },
      customFields: [],
    },
    new Date(),
  );
  return accepted.id;
}

function addMail(store: Store, date = new Date()): Promise<string> {
  return store.transaction((transaction) =>
    store.mails.addMail(transaction, {
      organisationId: newId(),
      kind: 'import-report',
      importId: newId(),
      to: { name: 'Priya Menon', address: 'manager@example.org' },
      messageId: `<${newId()}@example.org>`,
      date,
    }),
  );
}

function openPool(t: TestContext, store: Store): TransactionPool {
  const pool = store.openTransactionPool(1);
  t.teardown(() => pool.close());
  return pool;
}

async function claimImport(t: TestContext, store: Store, id: string): Promise<void> {
  await store.imports.claimImport(id, 'worker', LONG_MS, openPool(t, store));
}

/** An import in a worker's hands that is being applied. */
async function applyImport(t: TestContext, store: Store, shards: number): Promise<string> {
  const id = await acceptImport(store);
  await claimImport(t, store, id);
  await store.imports.moveImport(id, 'worker', { from: 'queued', to: 'staging' }, {});
  const staged = { rowsTotal: 9, landmarks: [], partitions: 4, shards };
  await store.imports.beginApplying(openPool(t, store), id, 'worker', staged);
  return id;
}

/** A dispatcher with queues of its own, so that its calls can be told from those of others. */
function start(t: TestContext, store: Store, redis?: { redisUrl: string; prefix: string }) {
  const location = ownQueues(t);
  const queues = openQueues(redis ?? location);
  const dispatcher = startDispatcher({ store, queues, logger: SILENT }, newId());
  t.teardown(async () => {
    await dispatcher.stop();
    await queues.close();
  });
  const called = async (queue: 'imports' | 'mails'): Promise<string[]> => {
    const jobs = await lookAt(t, redis ?? location, queue).getWaiting();
    return jobs.flatMap(({ data }) => Object.values(data as Record<string, string>)).sort();
  };
  return { dispatcher, called, location, forgetAll: location.forgetAll };
}

t.test('what waits is called for, what is in hand, ended or not yet due is not', async (t) => {
  const store = await openStore(t);
  const [waiting, inHand, ended] = [
    await acceptImport(store),
    await acceptImport(store),
    await acceptImport(store),
  ];
  await claimImport(t, store, inHand);
  await claimImport(t, store, ended);
  await store.imports.moveImport(ended, 'worker', { from: 'queued', to: 'failed' }, {});
  const [due, sending, later] = [
    await addMail(store),
    await addMail(store),
    await addMail(store, new Date(Date.now() + LONG_MS)),
  ];
  await store.mails.claimMail(sending, 'notifier', LONG_MS);
  const { called } = start(t, store);
  await until('the mail is called for', async () => (await called('mails')).length > 0);
  t.same(await called('imports'), [waiting]);
  t.same(await called('mails'), [due]);
  t.notOk([sending, later].includes(due));
});

t.test('helpers are called for the shards of a large import that nobody works on', async (t) => {
  const store = await openStore(t);
  await applyImport(t, store, 1);
  const importId = await applyImport(t, store, 3);
  const input = { id: importId, shards: 3 };
  const claim = { littleRows: 1 };
  const taken = await store.shards.claimShard(input, 'helper', LONG_MS, openPool(t, store), claim);
  const lost = await store.shards.claimShard(input, 'lost', -1, openPool(t, store), claim);
  const { location } = start(t, store);
  const queue = lookAt(t, location, 'imports');
  await until('the shards are called for', async () => (await queue.getWaitingCount()) > 1);
  const jobs = await queue.getWaiting();
  t.same(
    jobs.map(({ name, data }) => ({ name, ...data })).toSorted((a, b) => a.shard - b.shard),
    [
      { name: 'run-shard', importId, shard: lost!.shard },
      { name: 'run-shard', importId, shard: 2 },
    ],
  );
  t.equal(taken!.shard, 0);
  await until('the lost one is called for again', async () => {
    await store.shards.claimShard(input, 'lost', -1, openPool(t, store), claim);
    const shards = (await queue.getWaiting()).map(({ data }) => data.shard);
    return shards.filter((shard) => shard === lost!.shard).length > 1;
  });
});

t.test('what waits is called for again when Redis has lost everything', async (t) => {
  const store = await openStore(t);
  const [importId, mailId] = [await acceptImport(store), await addMail(store)];
  const { called, forgetAll } = start(t, store);
  for (let loss = 0; loss < 2; loss += 1) {
    await until('both are called for', async () =>
      (await Promise.all([called('imports'), called('mails')])).every(({ length }) => length > 0),
    );
    t.same(await called('imports'), [importId]);
    t.same(await called('mails'), [mailId]);
    await forgetAll();
  }
});

t.test('sweeping again and again adds nothing to what is called for already', async (t) => {
  const store = await openStore(t);
  const importId = await acceptImport(store);
  let sweeps = 0;
  const listWaitingMails = (limit: number) => {
    sweeps += 1;
    return store.mails.listWaitingMails(limit);
  };
  const { called } = start(t, { ...store, mails: { ...store.mails, listWaitingMails } });
  await until('three sweeps', () => sweeps >= 3);
  t.same(await called('imports'), [importId]);
});

t.test('of two dispatchers one acts; the other takes over when it stops', async (t) => {
  const store = await openStore(t);
  const importId = await acceptImport(store);
  const pair = [start(t, store), start(t, store)];
  const acting = async () => {
    const calls = await Promise.all(pair.map(({ called }) => called('imports')));
    return pair.filter((_, index) => calls[index]!.length > 0);
  };
  await until('one acts', async () => (await acting()).length > 0);
  const leader = (await acting())[0]!;
  const other = pair.find((dispatcher) => dispatcher !== leader)!;
  // As long as the leader sweeps the other does not: each sees what the leader has lost come back.
  await leader.forgetAll();
  await until('it acts again', async () => (await leader.called('imports')).length > 0);
  t.same(await other.called('imports'), []);
  await leader.dispatcher.stop();
  await until('the other acts', async () => (await other.called('imports')).length > 0, 2_500);
  t.same(await other.called('imports'), [importId]);
});

t.test('a dispatcher that was killed is followed within seconds', async (t) => {
  const store = await openStore(t);
  await acceptImport(store);
  t.equal(await store.leases.holdRole('dispatcher', 'killed', 3_000), true);
  const { called } = start(t, store);
  await until('the next one acts', async () => (await called('imports')).length > 0, 6_000);
});

t.test('a sweep that fails is not the last one', async (t) => {
  const store = await openStore(t);
  const importId = await acceptImport(store);
  let failures = 0;
  const listWaitingImports = async (limit: number) => {
    if (failures < 2) {
      failures += 1;
      throw new Error('the primary stepped down');
    }
    return store.imports.listWaitingImports(limit);
  };
  const { called } = start(t, { ...store, imports: { ...store.imports, listWaitingImports } });
  await until('the import is called for', async () => (await called('imports')).length > 0);
  t.equal(failures, 2);
  t.same(await called('imports'), [importId]);
});

t.test('while Redis is away a dispatcher can stop, and once it is back calls come through', async (t) => {
  const store = await openStore(t);
  await acceptImport(store);
  const location = ownQueues(t);
  const cable = await startCable(t, location);
  cable.cut();
  const first = start(t, store, cable);
  const started = performance.now();
  await first.dispatcher.stop();
  t.ok(performance.now() - started < 2_500, 'one call’s patience, no more');

  start(t, store, cable);
  cable.mend();
  const queue = lookAt(t, location, 'imports');
  await until('the import is called for', async () => (await queue.getWaitingCount()) === 1);
});
