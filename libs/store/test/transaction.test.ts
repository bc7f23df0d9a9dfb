import t from 'tap';
import { openStore } from './open-store.ts';

t.test('what a transaction wrote is gone when its work throws', async (t) => {
  const store = await openStore(t);
  const notes = store.connection.collection('notes');
  await notes.insertOne({ name: 'before' });
  const write = store.transaction(async (transaction) => {
    await notes.insertOne({ name: 'within' }, { session: transaction });
    t.equal(await notes.countDocuments({}, { session: transaction }), 2, 'it sees what it wrote itself');
    t.equal(await notes.countDocuments(), 1, 'nobody else does');
    throw new Error('the slot was taken');
  });
  await t.rejects(write, { message: 'the slot was taken' });
  t.equal(await notes.countDocuments(), 1);
  t.equal(await store.transaction(async () => 'result'), 'result');
});

t.test('work that meets another writer runs again', async (t) => {
  const store = await openStore(t);
  const counters = store.connection.collection('counters');
  await counters.insertOne({ name: 'sessions', n: 0 });
  const increment = () =>
    store.transaction(async (transaction) => {
      const counter = await counters.findOne({ name: 'sessions' }, { session: transaction });
      const next = { $set: { n: (counter?.n as number) + 1 } };
      await counters.updateOne({ name: 'sessions' }, next, { session: transaction });
    });
  await Promise.all(Array.from({ length: 10 }, increment));
  t.match(await counters.findOne(), { n: 10 });
});

t.test('a pool never has more transactions open than its size, and all get their turn', async (t) => {
  const store = await openStore(t);
  const pool = store.openTransactionPool(3);
  t.teardown(() => pool.close());
  t.equal(new Set(pool.ids.map((id) => id.toString('hex'))).size, 3);
  const notes = store.connection.collection('notes');
  await notes.insertOne({ name: 'first' });
  let open = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 12 }, (_, n) =>
      pool.run(async (transaction) => {
        open += 1;
        most = Math.max(most, open);
        try {
          await notes.insertOne({ name: `note ${n}` }, { session: transaction });
          if (n % 4 === 0) throw new Error('refused');
          return n;
        } finally {
          open -= 1;
        }
      }),
    ),
  );
  t.equal(most, 3);
  t.equal(results.filter(({ status }) => status === 'rejected').length, 3);
  t.equal(await notes.countDocuments(), 1 + 9);
  t.equal(await pool.run(async () => 'still usable'), 'still usable');
});
