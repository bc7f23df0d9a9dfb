import t from 'tap';
import { NO_ROWS, newId, type Shard, type Store } from '../src/index.ts';
import { applying, LONG_MS, OVER_MS, openPool } from './imports.ts';
import { openStore, type TestContext } from './open-store.ts';

const LITTLE_ROWS = 100;
const TRIAL = { partition: 0, fromRow: 7, toRow: 9 };

function advance(
  store: Store,
  importId: string,
  [partition, from, to]: readonly [partition: number, from: number, to: number],
  counts: Partial<typeof NO_ROWS> = { published: to - from },
): Promise<boolean> {
  return store.transaction((transaction) =>
    store.shards.advanceCheckpoint(transaction, {
      ...{ importId, partition, from, to },
      counts: { ...NO_ROWS, ...counts },
    }),
  );
}

/** An import with shards to be claimed; a lease of `OVER_MS` is one whose worker is lost at once. */
async function begin(t: TestContext, store: Store, given: { partitions?: number; shards?: number } = {}) {
  const { id, shards } = await applying(t, store, given);
  const pool = openPool(t, store);
  const claim = (owner: string, leaseMs = LONG_MS): Promise<Shard | undefined> =>
    store.shards.claimShard({ id, shards }, owner, leaseMs, pool, { littleRows: LITTLE_ROWS });
  return { importId: id, claim };
}

t.test('a checkpoint moves from where it stands and nowhere else', async (t) => {
  const store = await openStore(t);
  const { importId } = await begin(t, store, { partitions: 2 });
  const move = (partition: number, from: number, to: number, published: number) =>
    advance(store, importId, [partition, from, to], { published, invalid: 1 });
  t.equal(await move(0, 0, 10, 4), true);
  t.equal(await move(0, 0, 10, 4), false, 'the same chunk again');
  t.equal(await move(0, 5, 20, 4), false, 'a chunk out of turn');
  t.equal(await move(2, 0, 10, 4), false, 'a partition that does not exist');
  t.equal(await move(0, 10, 21, 6), true);
  t.equal(await move(1, 0, 12, 2), true);
  t.same(await store.shards.readCheckpoints(importId), [21, 12]);
  t.same(await store.imports.countRows(importId), { ...NO_ROWS, published: 12, invalid: 3 });
});

t.test('of many workers with the same chunk one moves the checkpoint', async (t) => {
  const store = await openStore(t);
  const { importId } = await begin(t, store);
  const moved = await Promise.all(Array.from({ length: 10 }, () => advance(store, importId, [0, 0, 5])));
  t.equal(moved.filter(Boolean).length, 1);
  t.same(await store.imports.countRows(importId), { ...NO_ROWS, published: 5 });
});

t.test('of twenty who claim at once each shard goes to one', async (t) => {
  const store = await openStore(t);
  const { claim } = await begin(t, store, { partitions: 4, shards: 3 });
  const claims = await Promise.all(Array.from({ length: 20 }, () => claim(newId())));
  const taken = claims.flatMap((shard) => shard ?? []);
  t.same(taken.map(({ shard }) => shard).sort(), [0, 1, 2]);
  t.match(taken[0], { attempts: 1, stalls: 0, doneThrough: 0, trial: null, suspect: null });
  t.equal(await claim('late'), undefined);
});

t.test('a shard whose worker is gone goes to another, and the first has no say any more', async (t) => {
  const store = await openStore(t);
  const { shards } = store;
  const { claim } = await begin(t, store);
  const lost = (await claim('gone', OVER_MS))!;
  const next = await claim('next');
  t.match(next, { shard: lost.shard, attempts: 2 });
  t.equal(await shards.renewShard(lost, 'gone', LONG_MS, 50), false);
  t.equal(await shards.noteTrial(lost, 'gone', TRIAL), false);
  t.equal(await shards.finishShard(lost, 'gone'), false);
  await shards.releaseShard(lost, 'gone', 50);
  t.equal(await claim('third'), undefined, 'it cannot give away what is not its own');
  t.equal(await shards.renewShard(lost, 'next', LONG_MS, 50), true);
  t.equal(await shards.finishShard(lost, 'next'), true);
  t.equal(await shards.countUnfinished(lost.importId), 0);
  t.equal(await claim('fourth'), undefined, 'what is done is done');
});

t.test('the next worker ends nothing of one that gave the shard back', async (t) => {
  const store = await openStore(t);
  const { id, shards } = await applying(t, store);
  const mentorId = newId();
  await store.slots.ensureLocks([mentorId]);
  const [first, second] = [openPool(t, store), openPool(t, store)];
  const claim = (owner: string, pool: typeof first) =>
    store.shards.claimShard({ id, shards }, owner, LONG_MS, pool, { littleRows: LITTLE_ROWS });
  const shard = (await claim('first', first))!;
  await store.shards.releaseShard(shard, 'first', 0);
  let tries = 0;
  await first.run(async (transaction) => {
    tries += 1;
    await store.slots.lockMentors(transaction, { organisationId: newId() }, [mentorId]);
    await claim('second', second);
  });
  t.equal(tries, 1);
  t.equal(await store.shards.renewShard(shard, 'second', LONG_MS, 0), true);
});

t.test('what a worker left open of its shard is ended by the next', async (t) => {
  const store = await openStore(t);
  const { id, shards } = await applying(t, store);
  const [gone, next] = [openPool(t, store), openPool(t, store)];
  const claim = (owner: string, leaseMs: number, pool: typeof gone) =>
    store.shards.claimShard({ id, shards }, owner, leaseMs, pool, { littleRows: LITTLE_ROWS });
  const chunk = { importId: id, partition: 0, from: 0, to: 5, counts: NO_ROWS };
  await claim('gone', OVER_MS, gone);
  let moved = () => {};
  const hasMoved = new Promise<void>((resolve) => {
    moved = resolve;
  });
  let wake = () => {};
  const awake = new Promise<void>((resolve) => {
    wake = resolve;
  });
  let tries = 0;
  const late = gone.run(async (transaction) => {
    tries += 1;
    if (tries > 1) throw new Error('begun again, to find its checkpoint moved');
    await store.shards.advanceCheckpoint(transaction, chunk);
    moved();
    await awake;
  });
  await hasMoved;
  t.match(await claim('next', LONG_MS, next), { attempts: 2 });
  t.equal(await next.run((transaction) => store.shards.advanceCheckpoint(transaction, chunk)), true);
  wake();
  await t.rejects(late, { message: 'begun again, to find its checkpoint moved' });
  t.same(await store.shards.readCheckpoints(id), [5, 0]);
});

t.test('a shard is stalled by workers that are lost before they have done much', async (t) => {
  const store = await openStore(t);
  const { importId, claim } = await begin(t, store);
  t.match(await claim('first', OVER_MS), { stalls: 0 });
  t.match(await claim('second', OVER_MS), { stalls: 1 });
  await advance(store, importId, [0, 0, LITTLE_ROWS - 1]);
  t.match(await claim('third', OVER_MS), { stalls: 2 }, 'some rows, but few');
  await advance(store, importId, [1, 0, LITTLE_ROWS]);
  t.match(await claim('fourth', OVER_MS), { stalls: 0 }, 'it got somewhere');
  t.match(await claim('fifth', OVER_MS), { stalls: 1 }, 'only what has been done since it was taken counts');
});

t.test('the rows of other shards do not count for a shard', async (t) => {
  const store = await openStore(t);
  const { importId, claim } = await begin(t, store, { partitions: 4, shards: 2 });
  const first = (await claim('first', OVER_MS))!;
  t.equal(first.shard, 0);
  for (const partition of [1, 3]) await advance(store, importId, [partition, 0, LITTLE_ROWS]);
  t.match(await claim('second', OVER_MS), { shard: 0, stalls: 1 });
  await advance(store, importId, [0, 0, LITTLE_ROWS / 2]);
  await advance(store, importId, [2, 0, LITTLE_ROWS / 2]);
  t.match(await claim('third', OVER_MS), { shard: 0, stalls: 0 }, 'its own partitions together');
});

t.test('a shard given back in order is not stalled, and nothing of it is suspect', async (t) => {
  const store = await openStore(t);
  const { claim } = await begin(t, store);
  await claim('first', OVER_MS);
  const shard = (await claim('second'))!;
  t.equal(shard.stalls, 1);
  await store.shards.noteTrial(shard, 'second', TRIAL);
  await store.shards.releaseShard(shard, 'second', 0);
  t.match(await claim('third'), { attempts: 3, stalls: 0, trial: null, suspect: null });
});

t.test('rows that a worker was trying when it was lost are suspect', async (t) => {
  const store = await openStore(t);
  const { claim } = await begin(t, store);
  const other = { ...TRIAL, fromRow: 8 };
  const crashOn = async (owner: string, trial: typeof TRIAL | null) => {
    const shard = (await claim(owner, OVER_MS))!;
    if (trial) t.equal(await store.shards.noteTrial(shard, owner, trial), true);
    return shard.suspect;
  };
  t.same(await crashOn('a', null), null);
  t.same(await crashOn('b', TRIAL), null, 'a worker that was trying nothing leaves no suspect');
  t.same(await crashOn('c', TRIAL), { ...TRIAL, crashes: 1 });
  t.same(await crashOn('d', other), { ...TRIAL, crashes: 2 }, 'just the same rows again');
  t.same(await crashOn('e', null), { ...other, crashes: 1 }, 'other rows begin at one');
  t.same(await crashOn('f', TRIAL), { ...other, crashes: 1 }, 'lost elsewhere: still what is known');
  t.same(await crashOn('g', null), { ...TRIAL, crashes: 1 });
});

t.test('a trial that went well is suspected no more', async (t) => {
  const store = await openStore(t);
  const { claim } = await begin(t, store);
  const shard = (await claim('first', OVER_MS))!;
  await store.shards.noteTrial(shard, 'first', TRIAL);
  await store.shards.noteTrial(shard, 'first', null);
  t.match(await claim('second'), { stalls: 1, suspect: null, trial: null });
});

t.test('how far a shard is done never goes back', async (t) => {
  const store = await openStore(t);
  const { shards } = store;
  const { claim } = await begin(t, store);
  const shard = (await claim('first'))!;
  await shards.renewShard(shard, 'first', LONG_MS, 40);
  await shards.renewShard(shard, 'first', LONG_MS, 30);
  await shards.releaseShard(shard, 'first', 20);
  t.match(await claim('second'), { doneThrough: 40 });
  await shards.releaseShard(shard, 'second', 50);
  t.match(await claim('third'), { doneThrough: 50 });
});

t.test('once an import is closed nobody applies any more of its rows', async (t) => {
  const store = await openStore(t);
  const { shards } = store;
  const { importId, claim } = await begin(t, store, { partitions: 3, shards: 2 });
  const other = await begin(t, store);
  const [atWork, waiting] = [(await claim('at work'))!, newId()];
  await advance(store, importId, [0, 0, 5]);
  await t.rejects(
    store.transaction(async (transaction) => {
      await shards.closeShards(transaction, importId);
      throw new Error('the lease was lost');
    }),
    { message: 'the lease was lost' },
  );
  t.equal(await shards.countUnfinished(importId), 2);

  await store.transaction((transaction) => shards.closeShards(transaction, importId));
  t.equal(await advance(store, importId, [0, 5, 10]), false, 'a chunk that comes late');
  t.equal(await advance(store, importId, [1, 0, 10]), false);
  t.equal(await shards.renewShard(atWork, 'at work', LONG_MS, 5), false);
  t.equal(await shards.finishShard(atWork, 'at work'), false);
  t.equal(await claim(waiting), undefined);
  t.equal(await shards.countUnfinished(importId), 0);
  t.same(await store.imports.countRows(importId), { ...NO_ROWS, published: 5 }, 'what was applied counts');
  t.equal(await advance(store, other.importId, [0, 0, 5]), true, 'other imports go on');
});

t.test('of a closing and a chunk at the same time the chunk counts or does not happen', async (t) => {
  const store = await openStore(t);
  for (let round = 0; round < 10; round += 1) {
    const { importId } = await begin(t, store);
    const [applied] = await Promise.all([
      advance(store, importId, [0, 0, 5]),
      store.transaction((transaction) => store.shards.closeShards(transaction, importId)),
    ]);
    t.same(await store.imports.countRows(importId), { ...NO_ROWS, published: applied ? 5 : 0 });
    t.equal(await advance(store, importId, [0, applied ? 5 : 0, 10]), false);
  }
});

t.test('helpers are called for shards of large imports that are being applied', async (t) => {
  const store = await openStore(t);
  const { shards, imports } = store;
  await begin(t, store, { shards: 1 });
  const { importId, claim } = await begin(t, store, { partitions: 4, shards: 3 });
  const waiting = async (limit = 10) =>
    (await shards.listWaitingShards(limit)).toSorted((a, b) => a.shard - b.shard);
  t.same(
    await waiting(),
    [0, 1, 2].map((shard) => ({ importId, shard, attempts: 0 })),
    'nobody but its own worker has to see to an import of one shard',
  );
  t.equal((await waiting(2)).length, 2);

  const taken = (await claim('first'))!;
  const lost = (await claim('gone', OVER_MS))!;
  t.same(await waiting(), [
    { importId, shard: lost.shard, attempts: 1 },
    { importId, shard: 2, attempts: 0 },
  ]);
  await shards.finishShard(taken, 'first');
  t.equal((await waiting()).length, 2, 'what is done waits for nobody');
  await imports.moveImport(importId, 'owner', { from: 'applying', to: 'reporting' }, {});
  t.same(await waiting(), []);
});
