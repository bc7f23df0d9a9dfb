import type { BookedSlot, Slot } from '@mentorline/domain';
import t from 'tap';
import { type Calendars, newId, type SlotRequest, type Store, type Transaction } from '../src/index.ts';
import { buildSession, DAY_MS, HOUR_MS, MINUTE_MS, slotAt } from './builders.ts';
import { openAgain, openStore } from './open-store.ts';

const ORGANISATION = newId();

function request(mentorId: string, slot: Slot, slotGapMinutes = 0): SlotRequest {
  return { mentorId, slot, slotGapMinutes };
}

function lock(
  store: Store,
  requests: readonly SlotRequest[],
  reader: { organisationId: string; importId?: string } = { organisationId: ORGANISATION },
): Promise<Calendars> {
  return store.transaction((transaction) => lockWithin(store, transaction, requests, reader));
}

/** Locks the mentors of the requests and reads their calendars. */
async function lockWithin(
  { slots }: Store,
  transaction: Transaction,
  requests: readonly SlotRequest[],
  reader: { organisationId: string; importId?: string } = { organisationId: ORGANISATION },
): Promise<Calendars> {
  const mentorIds = requests.map(({ mentorId }) => mentorId);
  const locked = await slots.lockMentors(transaction, reader, mentorIds);
  return locked.readCalendars(requests);
}

function insert(
  store: Store,
  transaction: Transaction,
  mentorId: string,
  slot: Slot,
  given: { organisationId?: string; importId?: string; row?: number } = {},
): Promise<string> {
  const id = newId();
  const { organisationId = ORGANISATION, importId, row } = given;
  const session = buildSession({ organisationId, mentorId, ...slot });
  const by = { userId: newId(), at: new Date(), ...(importId ? { importId } : {}) };
  return store.sessions
    .insertSessions(transaction, by, [{ id, session, ...(row ? { row } : {}) }])
    .then(() => id);
}

function holderOf(calendars: Calendars, mentorId: string, slot: Slot): BookedSlot['holder'] | undefined {
  return calendars.get(mentorId)!.conflictWith(slot, 0)?.holder;
}

t.test('of many who find the same slot free only one books it', async (t) => {
  const store = await openStore(t);
  const mentorId = newId();
  const slot = slotAt(9, 10);
  const book = async (): Promise<boolean> => {
    await store.slots.ensureLocks([mentorId]);
    return store.transaction(async (transaction) => {
      const calendars = await lockWithin(store, transaction, [request(mentorId, slot)]);
      if (holderOf(calendars, mentorId, slot)) return false;
      await insert(store, transaction, mentorId, slot);
      return true;
    });
  };
  const booked = await Promise.all(Array.from({ length: 20 }, book));
  t.equal(booked.filter(Boolean).length, 1);
  t.equal(await store.connection.collection('sessions').countDocuments(), 1);
});

t.test(
  'a calendar that somebody else is writing cannot be locked; once it can, it shows what was written',
  async (t) => {
    const store = await openStore(t);
    const mentorId = newId();
    await store.slots.ensureLocks([mentorId]);
    let refused = () => {};
    const secondRefused = new Promise<void>((resolve) => {
      refused = resolve;
    });
    let tries = 0;
    let second: Promise<BookedSlot['holder'] | undefined> | undefined;
    const sessionId = await store.transaction(async (transaction) => {
      await lockWithin(store, transaction, [request(mentorId, slotAt(9, 10))]);
      // Another hour of the same day: it is the mentor that is locked, not the slot.
      second ??= store.transaction(async (other) => {
        tries += 1;
        try {
          const calendars = await lockWithin(store, other, [request(mentorId, slotAt(14, 15))]);
          return holderOf(calendars, mentorId, slotAt(9, 10));
        } catch (error) {
          refused();
          throw error;
        }
      });
      await secondRefused;
      return insert(store, transaction, mentorId, slotAt(9, 10));
    });
    t.same(await second, { kind: 'session', sessionId });
    t.ok(tries > 1, 'its first try was rolled back');
  },
);

t.test('who waits for a lock is served when its holder ends', async (t) => {
  const store = await openStore(t);
  const mentorId = newId();
  await store.slots.ensureLocks([mentorId]);
  const order: string[] = [];
  let waiting: Promise<unknown> | undefined;
  await store.transaction(async (transaction) => {
    await lockWithin(store, transaction, [request(mentorId, slotAt(9, 10))]);
    waiting ??= store.slots.awaitLock(mentorId).then(() => order.push('served'));
    // The server has both: the one that waits is not answered before.
    await store.ping();
    await insert(store, transaction, mentorId, slotAt(9, 10));
    order.push('written');
  });
  await waiting;
  t.same(order, ['written', 'served']);
  await store.slots.awaitLock(mentorId);
  t.pass('with nobody there is nothing to wait for');
});

t.test('a lock that does not exist is refused, and made when asked for again', async (t) => {
  const store = await openStore(t);
  const locks = store.connection.collection('mentorLocks');
  const [known, unknown] = [newId(), newId()];
  const requests = [request(known, slotAt(9, 10)), request(unknown, slotAt(9, 10))];
  await store.slots.ensureLocks([known]);
  await t.rejects(lock(store, requests), { message: '1 mentor locks are missing' });
  t.match(await locks.findOne(), { sequence: 0 }, 'the transaction left nothing behind');

  await store.slots.ensureLocks([known, unknown]);
  await locks.deleteMany({});
  await t.rejects(lock(store, requests), { message: '2 mentor locks are missing' });
  await store.slots.ensureLocks([known, unknown]);
  t.equal((await lock(store, requests)).size, 2);
});

t.test('locks may be made by many at once', async (t) => {
  const store = await openStore(t);
  const mentors = Array.from({ length: 50 }, newId);
  await Promise.all(
    Array.from({ length: 5 }, async () => {
      // As if each were a process of its own that knows of none yet.
      const other = await openAgain(t, store);
      await other.slots.ensureLocks([...mentors, ...mentors]);
    }),
  );
  t.equal(await store.connection.collection('mentorLocks').countDocuments(), mentors.length);
});

t.test('whoever holds a slot is named as the reader may know it', async (t) => {
  const store = await openStore(t);
  const mentorId = newId();
  const importId = newId();
  await store.slots.ensureLocks([mentorId]);
  const [single, ofImport, ofOther] = await store.transaction(async (transaction) => [
    await insert(store, transaction, mentorId, slotAt(9, 10)),
    await insert(store, transaction, mentorId, slotAt(11, 12), { importId, row: 7 }),
    await insert(store, transaction, mentorId, slotAt(13, 14), { organisationId: newId() }),
  ]);
  const requests = [request(mentorId, slotAt(9, 14))];
  const seenBy = async (reader: { organisationId: string; importId?: string }) => {
    const calendars = await lock(store, requests, reader);
    return [slotAt(9, 10), slotAt(11, 12), slotAt(13, 14)].map((slot) => holderOf(calendars, mentorId, slot));
  };
  t.same(await seenBy({ organisationId: ORGANISATION }), [
    { kind: 'session', sessionId: single },
    { kind: 'session', sessionId: ofImport },
    { kind: 'foreign' },
  ]);
  t.same(await seenBy({ organisationId: ORGANISATION, importId }), [
    { kind: 'session', sessionId: single },
    { kind: 'row', row: 7 },
    { kind: 'foreign' },
  ]);
  t.same(
    (await seenBy({ organisationId: ORGANISATION, importId: newId() }))[1],
    { kind: 'session', sessionId: ofImport },
    'a row of another file is a session like any other',
  );
  const foreign = await seenBy({ organisationId: newId() });
  t.same(foreign, [{ kind: 'foreign' }, { kind: 'foreign' }, { kind: 'foreign' }]);
  t.notMatch(JSON.stringify(foreign), ofOther!);
});

t.test('a cancelled session holds no slot', async (t) => {
  const store = await openStore(t);
  const mentorId = newId();
  await store.slots.ensureLocks([mentorId]);
  await store.transaction((transaction) => insert(store, transaction, mentorId, slotAt(9, 10)));
  await store.connection.collection('sessions').updateMany({}, { $set: { cancelledAt: new Date() } });
  const calendars = await lock(store, [request(mentorId, slotAt(9, 10))]);
  t.equal(holderOf(calendars, mentorId, slotAt(9, 10)), undefined);
});

t.test('every session that could stand in the way is read, of the right mentor', async (t) => {
  const store = await openStore(t);
  const [busy, idle] = [newId(), newId()];
  await store.slots.ensureLocks([busy, idle]);
  const dayLong = { startMs: DAY_MS - 24 * HOUR_MS, endMs: DAY_MS };
  const evening = slotAt(18, 19);
  await store.transaction(async (transaction) => {
    await insert(store, transaction, busy, dayLong);
    await insert(store, transaction, busy, evening);
    await insert(store, transaction, busy, slotAt(27, 28));
    await insert(store, transaction, busy, slotAt(24 * 40, 24 * 40 + 1));
  });
  const touching = slotAt(0, 1);
  const calendars = await lock(store, [
    request(busy, touching),
    // Overlapping windows of one mentor, and one far away.
    request(busy, slotAt(2, 3)),
    request(busy, slotAt(24 * 40, 24 * 40 + 1)),
    request(idle, touching),
  ]);
  t.same([...calendars.keys()].sort(), [busy, idle].sort());
  t.ok(
    holderOf(calendars, busy, touching),
    'the session that began a day before and ends with the slot’s start',
  );
  t.ok(holderOf(calendars, busy, evening), 'later that day, for the next free time');
  t.ok(holderOf(calendars, busy, slotAt(27, 28)), 'on the next day, for the later of two that overlap');
  t.ok(holderOf(calendars, busy, slotAt(24 * 40, 24 * 40 + 1)), 'forty days later');
  t.notOk(holderOf(calendars, busy, { startMs: DAY_MS + MINUTE_MS, endMs: DAY_MS + HOUR_MS }));
  for (const slot of [touching, evening]) t.notOk(holderOf(calendars, idle, slot));

  const gap = 90;
  const afterGap = { startMs: DAY_MS + gap * MINUTE_MS, endMs: DAY_MS + (gap + 30) * MINUTE_MS };
  const withGap = await lock(store, [request(busy, afterGap, gap)]);
  t.ok(withGap.get(busy)!.conflictWith(afterGap, gap), 'a day-long session whose gap reaches into the slot');
});

t.test('where a slot is not known yet the whole calendar is read', async (t) => {
  const store = await openStore(t);
  const mentorId = newId();
  await store.slots.ensureLocks([mentorId]);
  const years = [1990, 2031, 2999].map((year) => {
    const startMs = Date.UTC(year, 0, 1);
    return { startMs, endMs: startMs + HOUR_MS };
  });
  await store.transaction(async (transaction) => {
    for (const slot of years) await insert(store, transaction, mentorId, slot);
  });
  const calendars = await lock(store, [{ mentorId, slot: 'all', slotGapMinutes: 0 }]);
  for (const slot of years) t.ok(holderOf(calendars, mentorId, slot));
});

t.test(
  'who holds locks reads calendars as often as needed, each time what was booked meanwhile',
  async (t) => {
    const store = await openStore(t);
    const mentorId = newId();
    await store.slots.ensureLocks([mentorId]);
    await store.transaction(async (transaction) => {
      const reader = { organisationId: ORGANISATION };
      const locked = await store.slots.lockMentors(transaction, reader, [mentorId, mentorId]);
      const read = () => locked.readCalendars([request(mentorId, slotAt(9, 10))]);
      t.notOk(holderOf(await read(), mentorId, slotAt(9, 10)));
      const sessionId = await insert(store, transaction, mentorId, slotAt(9, 10));
      t.same(holderOf(await read(), mentorId, slotAt(9, 10)), { kind: 'session', sessionId });
    });
    t.match(await store.connection.collection('mentorLocks').findOne(), { sequence: 1 }, 'locked once');
  },
);

t.test('nothing asked for, nothing locked', async (t) => {
  const store = await openStore(t);
  t.equal((await lock(store, [])).size, 0);
});
