import t from 'tap';
import { newId, type Store } from '../src/index.ts';
import { openStore } from './open-store.ts';
import { checkPlan } from './query-plan.ts';

const AT = new Date('2031-05-01T09:30:00Z');
const at = (seconds: number) => new Date(AT.getTime() + seconds * 1_000);
const LIFE_MS = 3_600_000;
const PEOPLE = 200;

const start = (store: Store, userId: string, hash: string) =>
  store.transaction((transaction) =>
    store.refreshTokens.startFamily(transaction, { userId, hash, client: 'one', expiresAt: at(3_600) }),
  );
const exchange = (store: Store, hash: string, successorHash: string, when: Date, client = 'one') =>
  store.transaction((transaction) =>
    store.refreshTokens.exchangeToken(transaction, {
      ...{ hash, successorHash, client, at: when, graceMs: 10_000, lifeMs: LIFE_MS },
    }),
  );
const addLink = (store: Store, userId: string, hash: string, purpose: 'invitation' | 'password-reset') =>
  store.transaction((transaction) =>
    store.accountLinks.addLinks(transaction, purpose, [{ userId, hash, expiresAt: at(60) }]),
  );
const takeLink = (store: Store, hash: string, when: Date) =>
  store.transaction((transaction) => store.accountLinks.takeLink(transaction, hash, when));

t.test('a token is exchanged once, by the same client again for a moment, then never', async (t) => {
  const store = await openStore(t);
  const userId = newId();
  await start(store, userId, 'a');
  t.same(await exchange(store, 'a', 'b', at(1)), { outcome: 'rotated', userId });
  t.same(await exchange(store, 'a', 'c', at(11)), { outcome: 'rotated', userId });
  t.same(await exchange(store, 'b', 'd', at(12)), { outcome: 'rotated', userId });
  t.same(await exchange(store, 'a', 'e', at(12)), { outcome: 'reused', userId });
  for (const hash of ['a', 'b', 'c', 'd', 'e']) {
    t.same(await exchange(store, hash, 'x', at(12)), { outcome: 'unknown' }, hash);
  }
});

t.test('another client may not, not even at once', async (t) => {
  const store = await openStore(t);
  const userId = newId();
  await start(store, userId, 'a');
  await exchange(store, 'a', 'b', at(1));
  t.match(await exchange(store, 'a', 'c', at(1), 'another'), { outcome: 'reused' });
  t.match(await exchange(store, 'b', 'd', at(1)), { outcome: 'unknown' });
});

t.test('of many exchanges and an end at once, none leaves a token behind', async (t) => {
  const store = await openStore(t);
  for (let round = 0; round < 5; round += 1) {
    const userId = newId();
    const first = `first ${round}`;
    await start(store, userId, first);
    await Promise.all([
      ...Array.from({ length: 4 }, (_, n) => exchange(store, first, `${round} ${n}`, at(1))),
      store.transaction((transaction) => store.refreshTokens.endFamiliesOf(transaction, userId)),
    ]);
    t.equal(await store.connection.collection('refreshTokens').countDocuments(), 0);
  }
});

t.test('a link is taken once, with all others of its user; a newer one replaces its like', async (t) => {
  const store = await openStore(t);
  const [one, other] = [newId(), newId()];
  await addLink(store, one, 'invited', 'invitation');
  await addLink(store, one, 'reset 1', 'password-reset');
  await addLink(store, one, 'reset 2', 'password-reset');
  await addLink(store, other, 'reset 3', 'password-reset');
  t.equal(await takeLink(store, 'reset 1', AT), undefined);
  t.equal(await takeLink(store, 'reset 2', at(60)), undefined, 'run out');
  const takes = await Promise.all([1, 2, 3].map(() => takeLink(store, 'invited', AT)));
  t.same(takes.filter(Boolean), [{ userId: one, purpose: 'invitation' }]);
  t.equal(await takeLink(store, 'reset 2', AT), undefined);
  t.same(await takeLink(store, 'reset 3', AT), { userId: other, purpose: 'password-reset' });
});

t.test('tokens, links, keys and audit entries are found by an index', async (t) => {
  const store = await openStore(t);
  const people = Array.from({ length: PEOPLE }, newId);
  const organisationId = newId();
  const actor = { organisationId, email: 'x@example.org', address: '::1', requestId: 'r' };
  const claimOf = (userId: string, key = 'key') =>
    store.idempotency.claimKey({
      ...{ organisationId, userId, key, bodyHash: 'x', owner: newId(), leaseMs: 60_000, at: AT },
    });
  for (const [n, userId] of people.entries()) {
    await start(store, userId, `token ${n}`);
    await addLink(store, userId, `link ${n}`, 'invitation');
    await claimOf(userId);
    const write = { at: at(n), action: n % 40 ? 'session.created' : 'user.invited' };
    await store.transaction((transaction) =>
      store.audit.noteWrite(
        transaction,
        { ...actor, userId },
        {
          ...{ ...write, target: { kind: 'session', id: people[n % 100]! } },
        },
      ),
    );
  }
  const plan = (title: string, run: () => Promise<unknown>, mostDocs: number) =>
    checkPlan(t, store, { title, run }, { mostDocs });
  await plan('exchangeToken', () => exchange(store, 'token 7', 'next', at(1)), 2);
  await plan('exchangeToken, reused', () => exchange(store, 'token 7', 'other', at(1), 'another'), 4);
  const end = (hash: string) =>
    store.transaction((transaction) => store.refreshTokens.endFamily(transaction, hash));
  await plan('endFamily', () => end('token 8'), 3);
  await plan(
    'endFamiliesOf',
    () => store.transaction((transaction) => store.refreshTokens.endFamiliesOf(transaction, people[9]!)),
    2,
  );
  await plan('addLinks', () => addLink(store, people[10]!, 'newer', 'invitation'), 2);
  await plan('takeLink', () => takeLink(store, 'newer', AT), 2);
  await plan('claimKey', () => claimOf(people[11]!), 1);
  const claimed = await claimOf(people[11]!, 'another');
  if (claimed.outcome !== 'claimed') return t.fail('the key is free');
  await plan('renewClaim', () => store.idempotency.renewClaim(claimed.claim, 60_000), 1);
  await plan('releaseClaim', () => store.idempotency.releaseClaim(claimed.claim), 1);
  const list = (query: object) => store.audit.listWrites(organisationId, { limit: 21, ...query });
  await plan('listWrites', () => list({}), 21);
  await plan('listWrites, of a time', () => list({ from: at(50), to: at(60) }), 21);
  await plan('listWrites, of a user', () => list({ userId: people[12] }), 1);
  await plan('listWrites, of an action', () => list({ action: 'user.invited' }), 5);
  await plan('listWrites, of a target', () => list({ targetId: people[13] }), 2);
  const after = { at: at(100), id: newId() };
  const later = () => store.audit.readWrites(organisationId, { limit: 21, after });
  await plan('readWrites', later, 42);
});
