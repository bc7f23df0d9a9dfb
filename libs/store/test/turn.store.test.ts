import t from 'tap';
import { newId, type Store } from '../src/index.ts';
import { accept, LONG_MS, OVER_MS, openPool } from './imports.ts';
import { openStore, type TestContext } from './open-store.ts';

/** What the product promises of an organisation's imports. */
const RUNNING_AT_MOST = 2;
const AT = new Date('2031-05-01T09:30:00Z');

async function waiting({ imports }: Store, limit = 100): Promise<string[]> {
  return (await imports.listWaitingImports(limit)).map(({ id }) => id);
}

/** Imports of an organisation, oldest first. */
async function acceptMany(store: Store, organisationId: string, times: readonly number[]): Promise<string[]> {
  const ids: string[] = [];
  for (const second of times)
    ids.push((await accept(store, { organisationId }, new Date(second * 1_000))).id);
  return ids;
}

/** Asks a worked-on import to stop, and lets its worker be gone. */
async function leave(t: TestContext, store: Store, id: string): Promise<void> {
  await store.imports.claimImport(id, 'worker', LONG_MS, openPool(t, store));
  await store.imports.cancelImport(id, AT);
  await store.imports.releaseImport(id, 'worker', OVER_MS);
}

t.test('of twenty claims at once of an organisation nobody has heard of two get a place', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const owners = Array.from({ length: 20 }, newId);
  const taken = await Promise.all(
    owners.map((owner) => store.turns.takeTurn(organisationId, owner, LONG_MS)),
  );
  t.equal(taken.filter(Boolean).length, RUNNING_AT_MOST);
  t.equal(await store.turns.takeTurn(organisationId, 'late', LONG_MS), false);
  t.equal(await store.turns.takeTurn(newId(), 'late', LONG_MS), true, 'another organisation has its own');
});

t.test('never more than two run, however many come and go', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  let running = 0;
  let most = 0;
  let turns = 0;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const owner = newId();
      while (!(await store.turns.takeTurn(organisationId, owner, LONG_MS))) t.ok(running <= RUNNING_AT_MOST);
      running += 1;
      turns += 1;
      most = Math.max(most, running);
      await store.ping();
      running -= 1;
      await store.turns.endTurn(organisationId, owner);
    }),
  );
  t.equal(turns, 20, 'everybody had a turn');
  t.ok(most <= RUNNING_AT_MOST, `${most} at a time`);
  t.equal(await store.turns.longestRunning(), undefined);
});

t.test('a place that has run out is free again, and one that is renewed is not', async (t) => {
  const { turns } = await openStore(t);
  const organisationId = newId();
  t.equal(await turns.takeTurn(organisationId, 'gone', OVER_MS), true);
  t.equal(await turns.takeTurn(organisationId, 'slow', OVER_MS), true);
  await turns.renewTurn(organisationId, 'slow', LONG_MS);
  t.equal(
    await turns.takeTurn(organisationId, 'third', LONG_MS),
    true,
    'in the place of the one that is gone',
  );
  t.equal(await turns.takeTurn(organisationId, 'fourth', LONG_MS), false);
  await turns.renewTurn(organisationId, 'gone', LONG_MS);
  await turns.endTurn(organisationId, 'gone');
  t.equal(
    await turns.takeTurn(organisationId, 'fourth', LONG_MS),
    false,
    'who is gone has none to give away',
  );
  await turns.endTurn(organisationId, 'slow');
  t.equal(await turns.takeTurn(organisationId, 'fourth', LONG_MS), true);
});

t.test('imports wait in the order in which they were accepted', async (t) => {
  const store = await openStore(t);
  const ids: string[] = [];
  for (const second of [30, 10, 20]) ids.push(...(await acceptMany(store, newId(), [second])));
  t.same(await waiting(store), [ids[1], ids[2], ids[0]]);
  t.same(await waiting(store, 1), [ids[1]]);
});

t.test('who waits is told with all that a worker has to know', async (t) => {
  const store = await openStore(t);
  const { id, organisationId, acceptedAt } = await accept(store);
  await store.turns.takeTurn(organisationId, 'other', LONG_MS);
  t.same(await store.imports.listWaitingImports(10), [
    { id, organisationId, acceptedAt, attempts: 0, cancelRequestedAt: null, running: 1, trace: null },
  ]);
});

t.test('organisations take turns: each with its first import, then each with its second', async (t) => {
  const store = await openStore(t);
  const [busy, small] = [newId(), newId()];
  const many = await acceptMany(store, busy, [1, 2, 3, 4, 5, 6]);
  const few = await acceptMany(store, small, [10, 11]);
  const order = await waiting(store);
  t.same(order.slice(0, 4), [many[0], few[0], many[1], few[1]]);
  t.same(await waiting(store, 3), [many[0], few[0], many[1]]);
});

t.test('the organisation with fewest running comes first, then the one longest without a turn', async (t) => {
  const store = await openStore(t);
  const { turns } = store;
  const [full, one, recent, longAgo, never] = [newId(), newId(), newId(), newId(), newId()];
  // Accepted in the opposite order: age counts among those alike only.
  const [ofFull, ofOne, ofRecent, ofLongAgo, ofNever, ofOther] = [
    await acceptMany(store, full, [1]),
    await acceptMany(store, one, [2]),
    await acceptMany(store, recent, [3]),
    await acceptMany(store, longAgo, [4]),
    await acceptMany(store, never, [5]),
    await acceptMany(store, newId(), [6]),
  ].flat();
  await turns.takeTurn(full, 'a', LONG_MS);
  await turns.takeTurn(full, 'b', LONG_MS);
  await turns.takeTurn(one, 'c', LONG_MS);
  for (const organisation of [longAgo, recent]) {
    await turns.takeTurn(organisation, 'd', LONG_MS);
    await turns.endTurn(organisation, 'd');
  }
  t.same(await waiting(store), [ofNever, ofOther, ofLongAgo, ofRecent, ofOne]);
  await turns.endTurn(full, 'a');
  t.ok((await waiting(store)).includes(ofFull!), 'once a place is free');
});

t.test('places that have run out keep nobody waiting', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const [id] = await acceptMany(store, organisationId, [1]);
  await store.turns.takeTurn(organisationId, 'gone', OVER_MS);
  await store.turns.takeTurn(organisationId, 'gone too', OVER_MS);
  t.match(await store.imports.listWaitingImports(10), [{ id, running: 0 }]);
  t.equal(await store.turns.longestRunning(), undefined);
});

t.test('an import that is to be cancelled comes first and needs no place', async (t) => {
  const store = await openStore(t);
  const [full, other] = [newId(), newId()];
  const [leaving, staying] = await acceptMany(store, full, [2, 3]);
  const [first] = await acceptMany(store, other, [1]);
  await leave(t, store, leaving!);
  t.same(await waiting(store), [leaving, first, staying]);
  await store.turns.takeTurn(full, 'a', LONG_MS);
  await store.turns.takeTurn(full, 'b', LONG_MS);
  t.same(await waiting(store), [leaving, first], 'it waits for nobody; the others of its organisation do');
});

t.test('of the organisation with most places the one that has run longest makes room', async (t) => {
  const { turns } = await openStore(t);
  const [one, two] = [newId(), newId()];
  t.equal(await turns.longestRunning(), undefined);
  await turns.takeTurn(one, 'alone', LONG_MS);
  t.equal(await turns.longestRunning(), 'alone');
  await turns.takeTurn(two, 'first', LONG_MS);
  await turns.takeTurn(two, 'second', LONG_MS);
  t.equal(await turns.longestRunning(), 'first', 'though the other organisation has run longer');
  await turns.renewTurn(two, 'first', LONG_MS);
  t.equal(await turns.longestRunning(), 'first', 'to renew is not to begin again');
  await turns.endTurn(two, 'first');
  t.equal(await turns.longestRunning(), 'alone');
});
