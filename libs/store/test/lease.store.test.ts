import t from 'tap';
import { newId } from '../src/index.ts';
import { openStore } from './open-store.ts';

const LONG_MS = 60_000;
/** A lease that has run out when it is taken. */
const OVER_MS = -1;

t.test('of many who want a role at once one holds it, and keeps it', async (t) => {
  const { leases } = await openStore(t);
  const owners = Array.from({ length: 20 }, newId);
  const held = await Promise.all(owners.map((owner) => leases.holdRole('dispatcher', owner, LONG_MS)));
  t.equal(held.filter(Boolean).length, 1);
  const again = await Promise.all(owners.map((owner) => leases.holdRole('dispatcher', owner, LONG_MS)));
  t.same(again, held);
});

t.test(
  'a role whose holder is gone is taken over by one, and the old holder does not get it back',
  async (t) => {
    const { leases } = await openStore(t);
    const gone = newId();
    t.equal(await leases.holdRole('dispatcher', gone, OVER_MS), true);
    const owners = Array.from({ length: 10 }, newId);
    const held = await Promise.all(owners.map((owner) => leases.holdRole('dispatcher', owner, LONG_MS)));
    t.equal(held.filter(Boolean).length, 1);
    t.equal(await leases.holdRole('dispatcher', gone, LONG_MS), false);
  },
);

t.test('a role given up is free at once; only its holder can give it up', async (t) => {
  const { leases } = await openStore(t);
  t.equal(await leases.holdRole('dispatcher', 'first', LONG_MS), true);
  await leases.giveUpRole('dispatcher', 'second');
  t.equal(await leases.holdRole('dispatcher', 'second', LONG_MS), false);
  await leases.giveUpRole('dispatcher', 'first');
  t.equal(await leases.holdRole('dispatcher', 'second', LONG_MS), true);
});

t.test('roles are held independently', async (t) => {
  const { leases } = await openStore(t);
  t.equal(await leases.holdRole('dispatcher', 'first', LONG_MS), true);
  t.equal(await leases.holdRole('cleaner', 'second', LONG_MS), true);
});
