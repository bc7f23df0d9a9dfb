import { Calendar, type Slot, type SlotHolder } from '@mentorline/domain';
import fc from 'fast-check';
import t from 'tap';
import {
  type BookedSession,
  type ImportMode,
  newId,
  type SessionBook,
  type SessionChanges,
  type SlotRequest,
  type Store,
} from '../src/index.ts';
import { buildSession, DAY_MS, HOUR_MS, slotAt } from './builders.ts';
import { openStore } from './open-store.ts';

const MODES: readonly ImportMode[] = ['apply', 'check'];
const AT = new Date(DAY_MS);

/** One import of an organisation, seen through its book, and a mentor of it. */
function begin(store: Store, mode: ImportMode, organisationId = newId(), importId = newId()) {
  const book = store.sessionBook(mode, { organisationId, importId, userId: newId() });
  return { mode, organisationId, importId, book, mentorId: newId() };
}

/** As one chunk does it: everything in one transaction. */
async function change(
  store: Store,
  book: SessionBook,
  mentorId: string,
  changes: Partial<SessionChanges>,
): Promise<void> {
  await book.prepare([mentorId]);
  await store.transaction(async (transaction) => {
    const open = await book.open(transaction, [mentorId]);
    await open.write({ published: [], changed: [], claims: [], ...changes });
  });
}

function publish(
  store: Store,
  { book, organisationId, mentorId }: Pick<ReturnType<typeof begin>, 'book' | 'organisationId' | 'mentorId'>,
  row: number,
  slot: Slot,
): Promise<void> {
  const session = buildSession({ organisationId, mentorId, ...slot });
  return change(store, book, mentorId, { published: [{ id: newId(), session, row }] });
}

/** A session that was there before the import. */
async function insert(store: Store, organisationId: string, mentorId: string, slot: Slot): Promise<string> {
  const id = newId();
  const session = buildSession({ organisationId, mentorId, ...slot });
  const by = { userId: newId(), at: AT };
  await store.transaction((transaction) => store.sessions.insertSessions(transaction, by, [{ id, session }]));
  return id;
}

async function read(store: Store, book: SessionBook, ...ids: string[]): Promise<Map<string, BookedSession>> {
  return store.transaction(async (transaction) => (await book.open(transaction, [])).readSessions(ids));
}

function moved(session: BookedSession, { startMs, endMs }: Slot): BookedSession {
  return { ...session, start: new Date(startMs), end: new Date(endMs), version: session.version + 1 };
}

/** Who stands in the way of each slot, in the eyes of a later chunk. */
async function holders(
  store: Store,
  book: SessionBook,
  mentorId: string,
  slots: readonly Slot[],
  asked: SlotRequest['slot'] | undefined = undefined,
): Promise<(SlotHolder | undefined)[]> {
  await book.prepare([mentorId]);
  return store.transaction(async (transaction) => {
    const open = await book.open(transaction, [mentorId]);
    const wanted = asked ? [asked] : slots;
    const calendars = await open.readCalendars(wanted.map((slot) => ({ mentorId, slot, slotGapMinutes: 0 })));
    const calendar = calendars.get(mentorId) ?? new Calendar();
    return slots.map((slot) => calendar.conflictWith(slot, 0)?.holder);
  });
}

for (const mode of MODES) {
  t.test(`${mode}: a session that a row published holds its slot, in the row’s name`, async (t) => {
    const store = await openStore(t);
    const one = begin(store, mode);
    await publish(store, one, 7, slotAt(9, 10));
    const slots = [slotAt(9, 10), slotAt(10, 11), slotAt(11, 12)];
    const row = { kind: 'row', row: 7 };
    t.same(await holders(store, one.book, one.mentorId, slots), [row, row, undefined]);
    t.same(await holders(store, one.book, newId(), slots), [undefined, undefined, undefined]);
  });

  t.test(`${mode}: who holds a slot is named as the organisation may know it`, async (t) => {
    const store = await openStore(t);
    const { book, organisationId, mentorId } = begin(store, mode);
    const own = await insert(store, organisationId, mentorId, slotAt(9, 10));
    await insert(store, newId(), mentorId, slotAt(12, 13));
    t.same(await holders(store, book, mentorId, [slotAt(9, 10), slotAt(12, 13)]), [
      { kind: 'session', sessionId: own },
      { kind: 'foreign' },
    ]);
  });

  t.test(`${mode}: a session that was moved holds its new slot and frees the old one`, async (t) => {
    const store = await openStore(t);
    const { book, organisationId, mentorId } = begin(store, mode);
    const id = await insert(store, organisationId, mentorId, slotAt(9, 10));
    const slots = [slotAt(9, 10), slotAt(14, 15), slotAt(24 * 40, 24 * 40 + 1)];
    const session = { kind: 'session', sessionId: id };
    for (const [index, slot] of [1, 2, 1, 0].map((index) => [index, slots[index]!] as const)) {
      const current = (await read(store, book, id)).get(id)!;
      const title = `Moved to ${index}`;
      await change(store, book, mentorId, { changed: [{ ...moved(current, slot), title }] });
      const expected = slots.map((_, n) => (n === index ? session : undefined));
      t.same(await holders(store, book, mentorId, slots), expected, title);
      t.same(await holders(store, book, mentorId, slots, 'all'), expected, `${title}, whole calendar`);
      // A window that reaches only one of the places.
      for (const [n, asked] of slots.entries()) {
        t.same(await holders(store, book, mentorId, [asked]), [expected[n]], `${title}, seen from ${n}`);
      }
      const found = (await read(store, book, id)).get(id);
      t.same(found, { ...moved(current, slot), title }, 'the next row finds it as it was left');
    }
  });

  t.test(`${mode}: a session that was deleted holds no slot, and is known to be gone`, async (t) => {
    const store = await openStore(t);
    const { book, organisationId, mentorId } = begin(store, mode);
    const id = await insert(store, organisationId, mentorId, slotAt(9, 10));
    const current = (await read(store, book, id)).get(id)!;
    t.equal(current.cancelledAt, null);
    await change(store, book, mentorId, { changed: [moved(current, slotAt(14, 15))] });
    await change(store, book, mentorId, { changed: [{ ...current, version: 3, cancelledAt: AT }] });
    t.same(await holders(store, book, mentorId, [slotAt(9, 10), slotAt(14, 15)]), [undefined, undefined]);
    t.match((await read(store, book, id)).get(id), { id, cancelledAt: AT, version: 3 });
    await publish(store, { book, organisationId, mentorId }, 3, slotAt(9, 10));
    t.same(await holders(store, book, mentorId, [slotAt(9, 10)]), [{ kind: 'row', row: 3 }]);
  });

  t.test(`${mode}: the organisation’s own sessions are found, with all that can change`, async (t) => {
    const store = await openStore(t);
    const { book, organisationId, mentorId } = begin(store, mode);
    const own = await insert(store, organisationId, mentorId, slotAt(9, 10));
    const foreign = await insert(store, newId(), mentorId, slotAt(12, 13));
    const found = await read(store, book, own, foreign, newId(), '', 'nonsense', 'twelve chars');
    t.same([...found.keys()], [own]);
    const { startMs, endMs, ...plain } = buildSession({ organisationId, mentorId, ...slotAt(9, 10) });
    const times = { start: new Date(startMs), end: new Date(endMs) };
    t.same(found.get(own), { ...plain, ...times, id: own, cancelledAt: null, version: 1 });
  });

  t.test(`${mode}: what a transaction that rolled back has left is not seen`, async (t) => {
    const store = await openStore(t);
    const { book, organisationId, mentorId } = begin(store, mode);
    const id = await insert(store, organisationId, mentorId, slotAt(9, 10));
    const current = (await read(store, book, id)).get(id)!;
    const session = buildSession({ organisationId, mentorId, ...slotAt(12, 13) });
    await book.prepare([mentorId]);
    await t.rejects(
      store.transaction(async (transaction) => {
        const open = await book.open(transaction, [mentorId]);
        const published = [{ id: newId(), session, row: 1 }];
        await open.write({ published, changed: [moved(current, slotAt(14, 15))], claims: [] });
        throw new Error('the checkpoint has moved');
      }),
      { message: 'the checkpoint has moved' },
    );
    const slots = [slotAt(9, 10), slotAt(12, 13), slotAt(14, 15)];
    const expected = [{ kind: 'session', sessionId: id }, undefined, undefined];
    t.same(await holders(store, book, mentorId, slots), expected);
    t.same((await read(store, book, id)).get(id), current);
  });

  t.test(`${mode}: what others book between two chunks counts`, async (t) => {
    const store = await openStore(t);
    const { book, organisationId, mentorId } = begin(store, mode);
    t.same(await holders(store, book, mentorId, [slotAt(9, 10)]), [undefined]);
    const id = await insert(store, organisationId, mentorId, slotAt(9, 10));
    t.same(await holders(store, book, mentorId, [slotAt(9, 10)]), [{ kind: 'session', sessionId: id }]);
  });

  t.test(`${mode}: nothing to write is written without harm`, async (t) => {
    const store = await openStore(t);
    const { book, mentorId } = begin(store, mode);
    await change(store, book, mentorId, {});
    t.equal((await read(store, book)).size, 0);
    t.equal(await store.connection.collection('sessions').countDocuments(), 0);
  });
}

t.test('an import stores sessions and options, a check neither', async (t) => {
  const store = await openStore(t);
  for (const mode of ['check', 'apply'] as const) {
    const { book, organisationId, importId, mentorId } = begin(store, mode);
    const id = await insert(store, organisationId, mentorId, slotAt(9, 10));
    const sessions = store.connection.collection('sessions');
    const before = await sessions.find().toArray();
    const current = (await read(store, book, id)).get(id)!;
    const session = buildSession({ organisationId, mentorId, ...slotAt(12, 13) });
    const published = { id: newId(), session, row: 4 };
    const claims = [{ field: 'categories', value: 'poetry', label: 'Poetry', row: 4 } as const];
    const changed = [{ ...moved(current, slotAt(14, 15)), title: 'Another title' }];
    await change(store, book, mentorId, { published: [published], changed, claims });
    const scopes = [{ kind: 'organisation', organisationId } as const];
    const stored = await store.sessions.findSession(published.id, scopes, AT);
    const options = await store.connection.collection('options').countDocuments();
    if (mode === 'check') {
      t.equal(stored, undefined);
      t.equal(options, 0);
      t.same(await sessions.find().toArray(), before, 'not even touched');
      t.equal(await store.connection.collection('mentorLocks').countDocuments(), 0);
    } else {
      t.match(stored, { importId, importRow: 4, mentorId });
      t.match(await store.sessions.findSession(id, scopes, AT), { title: 'Another title', version: 2 });
      t.equal(options, 1);
    }
  }
});

t.test('a check keeps nobody from writing, and is not kept itself', async (t) => {
  const store = await openStore(t);
  const check = begin(store, 'check');
  const { organisationId, mentorId } = check;
  const apply = begin(store, 'apply', organisationId);
  await apply.book.prepare([mentorId]);
  let tries = 0;
  await store.transaction(async (transaction) => {
    tries += 1;
    await apply.book.open(transaction, [mentorId]);
    await publish(store, check, 1, slotAt(9, 10));
    const open = await apply.book.open(transaction, [mentorId]);
    const session = buildSession({ organisationId, mentorId, ...slotAt(9, 10) });
    await open.write({ published: [{ id: newId(), session, row: 1 }], changed: [], claims: [] });
  });
  t.equal(tries, 1);
});

t.test('a check is seen by nobody else, and leaves nothing once it is forgotten', async (t) => {
  const store = await openStore(t);
  const { organisationId, mentorId, ...check } = begin(store, 'check');
  const other = begin(store, 'check', organisationId);
  const id = await insert(store, organisationId, mentorId, slotAt(9, 10));
  const session = { kind: 'session', sessionId: id };
  for (const { book } of [check, other]) {
    const current = (await read(store, book, id)).get(id)!;
    await change(store, book, mentorId, { changed: [moved(current, slotAt(14, 15))] });
    await publish(store, { book, organisationId, mentorId }, 1, slotAt(18, 19));
  }
  const slots = [slotAt(9, 10), slotAt(14, 15), slotAt(18, 19)];
  const untouched = [session, undefined, undefined];
  const apply = begin(store, 'apply', organisationId);
  t.same(await holders(store, apply.book, mentorId, slots), untouched);
  t.same(await holders(store, begin(store, 'check', organisationId).book, mentorId, slots), untouched);

  await store.forgetDryRun(check.importId);
  await store.forgetDryRun(check.importId);
  t.same(await holders(store, check.book, mentorId, slots), untouched);
  t.match((await read(store, check.book, id)).get(id), { version: 1 });
  const row = { kind: 'row', row: 1 };
  t.same(
    await holders(store, other.book, mentorId, slots),
    [undefined, session, row],
    'only its own is gone',
  );
  await store.forgetDryRun(other.importId);
  t.equal(await store.connection.collection('dryRunSessions').countDocuments(), 0);
});

t.test('whatever rows do, a check sees the same calendars as the import itself', async (t) => {
  const store = await openStore(t);
  const hour = fc.nat(12);
  const action = fc.oneof(
    fc.record({ kind: fc.constant('publish' as const), hour }),
    fc.record({ kind: fc.constant('move' as const), hour, session: fc.nat(1) }),
    fc.record({ kind: fc.constant('delete' as const), session: fc.nat(1) }),
  );
  const slotOf = (n: number): Slot => ({
    startMs: DAY_MS + n * 2 * HOUR_MS,
    endMs: DAY_MS + (n * 2 + 1) * HOUR_MS,
  });
  const day = Array.from({ length: 13 }, (_, n) => slotOf(n));

  const play = async (
    mode: ImportMode,
    actions: readonly (typeof action extends fc.Arbitrary<infer A> ? A : never)[],
  ) => {
    const { book, organisationId, mentorId } = begin(store, mode);
    const ids = [
      await insert(store, organisationId, mentorId, slotOf(1)),
      await insert(store, organisationId, mentorId, slotOf(20)),
    ];
    const seen: unknown[] = [];
    for (const [index, one] of actions.entries()) {
      const row = index + 1;
      const current =
        one.kind === 'publish'
          ? undefined
          : (await read(store, book, ids[one.session]!)).get(ids[one.session]!)!;
      const [taken] = one.kind === 'delete' ? [] : await holders(store, book, mentorId, [slotOf(one.hour)]);
      if (taken || current?.cancelledAt) continue;
      if (one.kind === 'publish')
        await publish(store, { book, organisationId, mentorId }, row, slotOf(one.hour));
      else {
        const next =
          one.kind === 'move' ? moved(current!, slotOf(one.hour)) : { ...current!, cancelledAt: AT };
        await change(store, book, mentorId, { changed: [next] });
      }
      seen.push(await holders(store, book, mentorId, day));
    }
    const named = (value: unknown) => (typeof value === 'string' ? ids.indexOf(value) : value);
    return JSON.parse(JSON.stringify(seen), (key, value) => (key === 'sessionId' ? named(value) : value));
  };

  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 2, maxLength: 10 }), async (actions) => {
      t.same(await play('check', actions), await play('apply', actions));
    }),
    { numRuns: 12 },
  );
});
