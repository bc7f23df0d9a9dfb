import t from 'tap';
import { connectStore, migrateDatabase } from '../../src/index.ts';
import { backfill } from '../../src/migrations/backfill.ts';
import type { Migration } from '../../src/migrations/migrations.ts';
import { earlierDatabase, FIRST_START, openDatabaseOf, SESSIONS } from './earlier-database.ts';

const silent = (): void => {};

t.test(
  'a database of the first version is refused with what to do, and works once it is migrated',
  async (t) => {
    const { uri, database, organisationId, mailId, sentMailId } = await earlierDatabase(t);
    await t.rejects(connectStore({ uri }), {
      name: 'CannotStart',
      message: /earlier version[\s\S]*mails has the index importId_1_kind_1[\s\S]*npm run migrate/,
    });

    const said: string[] = [];
    const done = await migrateDatabase({ uri, say: (line) => said.push(line) });
    t.equal(done.length, 5);
    t.ok(said.includes('mails: 6 indexes to make, 2 to drop …'));
    t.match(said.at(-2), /mail-expiry: mails that were sent/);

    const store = await connectStore({ uri });
    t.teardown(() => store.close());
    t.notMatch(store.warnings.join('\n'), /migrat/);
    const organisation = organisationId.toHexString();
    const people = await store.users.listDirectory({
      ...{ organisationIds: [organisation], active: true, role: 'mentor' as const },
      ...{ words: ['elan'], direction: 1 as const, limit: 10 },
    });
    t.same(
      people.items.map(({ name }) => name),
      ['Person 0 Élan'],
    );

    const among = { sessionsOf: [organisation], mentorsOf: [organisation] };
    const search = await store.sessions.prepareSearch(['partic'], among);
    const scopes = [{ kind: 'organisation' as const, organisationId: organisation }];
    const found = await store.sessions.listSessions({ scopes, search, direction: 1, limit: 10 }, new Date());
    t.same(
      found.items.map(({ title }) => title),
      ['Planning particular 7'],
    );
    const ofCategory = { scopes, category: 'communication', direction: 1 as const, limit: 1 };
    t.equal((await store.sessions.listSessions(ofCategory, new Date())).items.length, 1);

    const dayBefore = new Date(FIRST_START.getTime() - 24 * 3_600_000);
    t.equal(
      (await store.sessions.listDueSessions(dayBefore, 10)).length,
      1,
      'the first reminder of the first',
    );
    t.equal(await database.collection('sessions').countDocuments({ tellAt: { $exists: true } }), SESSIONS);
    t.same((await store.mails.findMail(mailId.toHexString()))!.letterhead, {
      ...{ organisationName: 'Example Schools', brandColor: '#004d40' },
    });
    const sent = await database.collection('mails').findOne({ _id: sentMailId });
    t.equal(sent!.expiresAt.getTime() - sent!.sentAt.getTime(), 180 * 24 * 3_600_000, 'half a year');
    const indexes = (await database.collection('users').indexes()).map(({ name }) => name);
    t.notOk(indexes.includes('organisationId_1_name_1__id_1'));

    t.same(await migrateDatabase({ uri, say: silent }), [], 'a second run has nothing to do');
  },
);

t.test('what is made of a document that somebody changes meanwhile is made again', async (t) => {
  const { database } = await openDatabaseOf(t);
  const notes = database.collection<{ _id: number; title: string; upper?: string }>('notes');
  await notes.insertMany(Array.from({ length: 700 }, (_, n) => ({ _id: n, title: `note ${n}` })));
  let batches = 0;
  const given = {
    lacking: { upper: { $exists: false } },
    madeFrom: ['title'] as const,
    async prepare() {
      batches += 1;
      if (batches === 1) await notes.updateOne({ _id: 3 }, { $set: { title: 'changed' } });
    },
    set: ({ title }: { _id: number; title: string }) => ({ upper: title.toUpperCase() }),
  };
  await backfill(notes as never, { after: null, note: async () => {} }, given);
  t.equal((await notes.findOne({ _id: 3 }))!.upper, 'CHANGED');
  t.equal(await notes.countDocuments({ upper: { $exists: false } }), 0);
});

/** Goes through the users, a hundred at a time, and breaks off as told. */
function walking(seen: unknown[], breakOffAfter = Number.POSITIVE_INFINITY): Migration {
  return {
    ...{ name: 'test-walk', what: 'users are walked through', breaksOlder: false },
    async run({ models }, progress) {
      const left = models.User.collection.find(
        progress.after ? { _id: { $gt: progress.after as never } } : {},
      );
      for await (const { _id } of left.sort({ _id: 1 })) {
        if (seen.length === breakOffAfter) throw new Error('the machine lost power');
        seen.push(_id);
        await progress.note(_id, 1);
      }
    },
  };
}

t.test('a migration that broke off goes on where it was', async (t) => {
  const { uri, database } = await earlierDatabase(t);
  const seen: unknown[] = [];
  const run = (migration: Migration) => migrateDatabase({ uri, say: silent, migrations: [migration] });
  await t.rejects(run(walking(seen, 300)), { message: 'the machine lost power' });
  t.same(await run(walking(seen)), ['test-walk']);
  t.equal(seen.length, await database.collection('users').countDocuments());
  t.equal(new Set(seen.map(String)).size, seen.length);
});

t.test('of two runners one waits for the other, and nothing is done twice', async (t) => {
  const { uri, database } = await earlierDatabase(t);
  const seen: unknown[] = [];
  const said: string[] = [];
  const run = () => migrateDatabase({ uri, say: (line) => said.push(line), migrations: [walking(seen)] });
  const done = await Promise.all([run(), run()]);
  t.same(done.flat(), ['test-walk']);
  t.equal(new Set(said).size, said.length, 'nor told twice');
  t.equal(seen.length, await database.collection('users').countDocuments());
});

t.test(
  'a new database needs no migration; one with migrations pending is worked on with a warning',
  async (t) => {
    const { uri, database } = await openDatabaseOf(t);
    const connect = async (): Promise<readonly string[]> => {
      const store = await connectStore({ uri });
      await store.close();
      return store.warnings.filter((warning) => warning.includes('migrate'));
    };
    t.same(await connect(), []);
    await database.collection('users').insertOne({ email: 'a@example.org', name: 'A', roles: [] });
    t.same(await connect(), []);
    await database.collection('migrations').deleteMany({});
    const warnings = await connect();
    t.equal(warnings.length, 5);
    t.match(warnings[0], /migration 2026-11-user-keys is pending .*Run `npm run migrate`/);
    await database.collection('sessions').insertOne({ title: 'Old', cancelledAt: null });
    await database.collection('sessions').dropIndex('mentees.userId_1_start_1__id_1');
    t.match((await connect())[0], /sessions has no index mentees\.userId_1_start_1__id_1/);
  },
);

t.test('a database that a newer version has changed past recognition is left alone', async (t) => {
  const { uri, database } = await openDatabaseOf(t);
  await (await connectStore({ uri })).close();
  const newer = database.collection<{ _id: string; breaksOlder: boolean }>('migrations');
  await newer.insertOne({ _id: '2099-widen', breaksOlder: false });
  await (await connectStore({ uri })).close();
  await newer.insertOne({ _id: '2099-split-names', breaksOlder: true });
  await t.rejects(connectStore({ uri }), {
    name: 'CannotStart',
    message: /migrated by a newer version \(2099-split-names\)/,
  });
});
