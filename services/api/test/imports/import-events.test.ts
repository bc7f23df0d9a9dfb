import { connectStore, type Import, NO_ROWS } from '@mentorline/store';
import { acceptFile, setup, waitFor } from '@mentorline/testkit';
import t from 'tap';
import { ImportEvents } from '../../src/imports/import-events.ts';
import { ImportWatches } from '../../src/imports/watch-imports.ts';

const FILE = Buffer.from(
  'Action,id,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
    'Create,,One,A talk,Public,asha.rao@example.org,,14-06-2027,IST,15:00,60,Teachers,Communication,English\n',
);
const fixtures = await setup(t);
const { store } = fixtures;
const now = () => new Date();
const { id }: Import = await acceptFile(fixtures, FILE);
const importId = new store.connection.base.Types.ObjectId(id);
const imports = store.connection.collection('imports');
const setRows = (rowsTotal: number) => imports.updateOne({ _id: importId }, { $set: { rowsTotal } });
const quiet = { warn: () => {} };

t.test('everybody who watches an import shares one watch, which ends with the last of them', async (t) => {
  const watches = new ImportWatches({ store, now, log: quiet });
  const [one, two] = [watches.join(id), watches.join(id)];
  t.equal(one.watch, two.watch);
  t.equal(watches.size, 1);
  one.leave();
  t.equal(two.watch.over, false);
  two.leave();
  t.equal(two.watch.over, true);
  t.equal(watches.size, 0);
  const again = watches.join(id);
  t.not(again.watch, one.watch);
  t.equal(again.watch.over, false);
  watches.close();
  t.equal(again.watch.over, true);
  t.equal(watches.join(id).watch.over, true, 'nobody begins to watch when all is closing');
});

t.test('a client that takes nothing has nothing heaped up for it: it gets the newest state', async (t) => {
  const watches = new ImportWatches({ store, now, log: quiet });
  const joined = watches.join(id);
  const events = new ImportEvents(joined, undefined);
  t.teardown(() => events.destroy());
  const read = events[Symbol.asyncIterator]();
  const next = async () => String((await read.next()).value);
  t.match(await next(), /^retry/);
  t.match(await next(), /"total":null/);
  for (const rowsTotal of [1, 2, 3, 4]) {
    await setRows(rowsTotal);
    await waitFor(
      'the watch to see it',
      async () => joined.watch.state?.view.rows.total === rowsTotal,
      10_000,
    );
  }
  t.ok(events.readableLength < 100, `${events.readableLength} bytes wait`);
  let told = await next();
  if (told.startsWith(':') || told.includes('"total":1')) told = await next();
  t.match(told, /"total":4/);
});

t.test('a client that goes away is no longer waited for', async (t) => {
  const watches = new ImportWatches({ store, now, log: quiet });
  const events = new ImportEvents(watches.join(id), undefined);
  events.resume();
  t.equal(watches.size, 1);
  events.destroy();
  await waitFor('the watch to end', async () => watches.size === 0, 1000);
});

t.test('an import that is gone, or has ended, ends the watch', async (t) => {
  const watches = new ImportWatches({ store, now, log: quiet });
  const chunks = async (importId: string) => {
    const texts: string[] = [];
    for await (const text of new ImportEvents(watches.join(importId), undefined)) texts.push(String(text));
    return texts;
  };
  t.same((await chunks('0'.repeat(24))).slice(1), []);
  await imports.updateOne(
    { _id: importId },
    { $set: { status: 'completed', finishedAt: new Date(), rows: NO_ROWS } },
  );
  t.match((await chunks(id)).slice(1), [/^id: done\nevent: done\ndata: \{.*\}\n\n$/]);
  t.equal(watches.size, 0);
});

t.test('while the database is away the watch goes on looking', async (t) => {
  const away = await connectStore({ uri: fixtures.mongodbUri });
  await away.close();
  const warnings: unknown[] = [];
  const watches = new ImportWatches({
    store: away,
    now,
    log: { warn: (one: unknown) => warnings.push(one) } as never,
  });
  const { watch, leave } = watches.join(id);
  await waitFor('the second warning', async () => warnings.length === 2, 20_000);
  t.match(warnings[0], { importId: id });
  t.equal(watch.over, false);
  leave();
});
