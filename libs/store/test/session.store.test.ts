import type { NewSession } from '@mentorline/domain';
import t from 'tap';
import {
  isDuplicateKey,
  newId,
  type Session,
  type SessionQuery,
  type SessionScope,
  type Store,
} from '../src/index.ts';
import { buildSession, DAY_MS, HOUR_MS, slotAt } from './builders.ts';
import { openStore } from './open-store.ts';

const NOW = new Date(DAY_MS);

async function insert(store: Store, ...given: Partial<NewSession>[]): Promise<string[]> {
  const sessions = given.map((session) => ({ id: newId(), session: buildSession(session) }));
  const by = { userId: newId(), at: NOW };
  await store.transaction((transaction) => store.sessions.insertSessions(transaction, by, sessions));
  return sessions.map(({ id }) => id);
}

/** Every page in turn. */
async function listAll(
  store: Store,
  query: Omit<SessionQuery, 'limit' | 'after'>,
  limit = 3,
): Promise<Session[]> {
  const { items, total } = await store.sessions.listSessions({ ...query, limit }, NOW);
  const all = [...items];
  let page = items;
  while (page.length === limit) {
    const { start, id } = all.at(-1)!;
    page = await store.sessions.readSessionPage({ ...query, limit, after: { start, id } }, NOW);
    all.push(...page);
  }
  t.ok(items.length <= limit);
  t.same(total, { count: all.length, isExact: true }, 'the total is that of all pages');
  return all;
}

const ids = (sessions: readonly Session[]): string[] => sessions.map(({ id }) => id);

t.test('a stored session is found as it was decided', async (t) => {
  const store = await openStore(t);
  const [organisationId, userId, importId, id] = [newId(), newId(), newId(), newId()];
  const mentee = { userId: newId(), enrolment: 'invited' as const };
  const custom = { region: 'North', seats: 4 };
  const session = buildSession({ organisationId, type: 'PRIVATE', mentees: [mentee], custom });
  await store.transaction((transaction) =>
    store.sessions.insertSessions(transaction, { userId, at: NOW, importId }, [{ id, session, row: 7 }]),
  );
  const scopes = [{ kind: 'organisation' as const, organisationId }];
  const found = await store.sessions.findSession(id, scopes, NOW);
  const { startMs, endMs, ...plain } = session;
  t.match(found, { ...plain, id, start: new Date(startMs), end: new Date(endMs), status: 'PUBLISHED' });
  t.match(found, { importId, importRow: 7, createdBy: userId, createdAt: NOW, version: 1 });
});

t.test(
  'a row of an import has one session at most; single sessions do not get in each other’s way',
  async (t) => {
    const store = await openStore(t);
    const by = { userId: newId(), at: NOW, importId: newId() };
    const publish = (row: number) =>
      store.transaction((transaction) =>
        store.sessions.insertSessions(transaction, by, [{ id: newId(), session: buildSession(), row }]),
      );
    await publish(1);
    await publish(2);
    t.ok(isDuplicateKey(await publish(1).catch((error: unknown) => error)));
    await insert(store, {}, {});
    t.equal(await store.connection.collection('sessions').countDocuments(), 4);
  },
);

t.test('everybody sees what their scopes show and nothing else', async (t) => {
  const store = await openStore(t);
  const [organisationId, otherId, thirdId] = [newId(), newId(), newId()];
  const [mentorId, menteeId] = [newId(), newId()];
  const invited = [{ userId: menteeId, enrolment: 'invited' as const }];
  const [open, closed, invitedTo, otherOpen, otherClosed, thirdOpen, mentors] = (await insert(
    store,
    { organisationId, ...slotAt(1, 2) },
    { organisationId, type: 'PRIVATE', ...slotAt(2, 3) },
    { organisationId: thirdId, type: 'PRIVATE', mentees: invited, ...slotAt(3, 4) },
    { organisationId: otherId, ...slotAt(4, 5) },
    { organisationId: otherId, type: 'PRIVATE', ...slotAt(5, 6) },
    { organisationId: thirdId, ...slotAt(6, 7) },
    { organisationId: thirdId, type: 'PRIVATE', mentorId, ...slotAt(7, 8) },
  )) as [string, string, string, string, string, string, string];
  const manager: SessionScope = { kind: 'organisation', organisationId };
  const mentor: SessionScope = { kind: 'mentor', mentorId };
  const mentee: SessionScope = { kind: 'mentee', menteeId, organisationIds: [organisationId, otherId] };
  for (const [scopes, expected] of [
    [[manager], [open, closed]],
    [[mentor], [mentors]],
    [[mentee], [open, invitedTo, otherOpen]],
    [
      [manager, mentor, mentee],
      [open, closed, invitedTo, otherOpen, mentors],
    ],
  ] as const) {
    t.same(ids(await listAll(store, { scopes, direction: 1 }, 2)), expected);
    for (const id of [open, closed, invitedTo, otherOpen, otherClosed, thirdOpen, mentors]) {
      const found = await store.sessions.findSession(id, scopes, NOW);
      t.equal(found?.id, (expected as readonly string[]).includes(id) ? id : undefined);
    }
  }
});

t.test(
  'pages hold every session once, in order of start, both ways, also where many start together',
  async (t) => {
    const store = await openStore(t);
    const organisationId = newId();
    const mentorId = newId();
    const hours = [5, 1, 1, 1, 1, 3, 3, 2, 9, 9, 9, 1];
    await insert(
      store,
      ...hours.map((hour, n) => ({
        organisationId,
        ...slotAt(hour, hour + 1),
        ...(n % 2 ? { mentorId } : {}),
      })),
    );
    const scopes: SessionScope[] = [
      { kind: 'organisation', organisationId },
      { kind: 'mentor', mentorId },
    ];
    const up = await listAll(store, { scopes, direction: 1 });
    t.same(
      up.map(({ start }) => (start.getTime() - DAY_MS) / HOUR_MS),
      hours.toSorted((a, b) => a - b),
    );
    t.equal(new Set(ids(up)).size, hours.length);
    t.same(ids(await listAll(store, { scopes, direction: -1 })), ids(up).reverse());
  },
);

t.test('a list can be narrowed', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const mentorId = newId();
  const now = NOW.getTime();
  const [past, live, ending, soon, later, cancelled] = (await insert(
    store,
    { organisationId, startMs: now - 2 * HOUR_MS, endMs: now - 1 },
    { organisationId, startMs: now - HOUR_MS, endMs: now + HOUR_MS },
    { organisationId, startMs: now - HOUR_MS + 1, endMs: now },
    { organisationId, ...slotAt(1, 2), mentorId },
    { organisationId, ...slotAt(30, 31), type: 'PRIVATE' },
    { organisationId, ...slotAt(3, 4), mentorId },
  )) as [string, string, string, string, string, string];
  const cancel = { $set: { cancelledAt: NOW } };
  const sessions = store.connection.collection('sessions');
  await sessions.updateOne({ start: new Date(slotAt(3, 4).startMs) }, cancel);
  const list = async (query: Partial<SessionQuery>) => {
    const scopes: SessionScope[] = [{ kind: 'organisation', organisationId }];
    return ids(await listAll(store, { scopes, direction: 1, ...query }));
  };
  t.same(await list({}), [past, live, ending, soon, later], 'cancelled ones only when asked for');
  t.same(await list({ status: 'PUBLISHED' }), [soon, later]);
  t.same(await list({ status: 'LIVE' }), [live, ending], 'the end belongs to the session');
  t.same(await list({ status: 'COMPLETED' }), [past]);
  t.same(await list({ status: 'CANCELLED' }), [cancelled]);
  t.same(await list({ type: 'PRIVATE' }), [later]);
  t.same(await list({ mentorId }), [soon]);
  t.same(await list({ from: new Date(slotAt(1, 2).startMs) }), [soon, later]);
  t.same(await list({ to: new Date(slotAt(1, 2).startMs) }), [past, live, ending]);
  t.same(await list({ from: NOW, to: new Date(slotAt(30, 31).startMs), direction: -1 }), [soon]);
});

t.test('an organisation’s own sessions are read by their ids, cancelled ones too', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const mentorId = newId();
  const given = { organisationId, mentorId, mentees: [{ userId: newId(), enrolment: 'invited' as const }] };
  const [own, foreign, cancelled] = (await insert(
    store,
    given,
    {},
    { organisationId, title: 'cancelled' },
  )) as [string, string, string];
  const cancel = { $set: { cancelledAt: NOW } };
  await store.connection.collection('sessions').updateOne({ title: 'cancelled' }, cancel);
  const asked = [own, own, foreign, cancelled, newId(), '', 'nonsense', 'twelve chars'];
  const found = await store.sessions.readSessions(organisationId, asked);
  t.same([...found.keys()].sort(), [own, cancelled].sort());
  const { startMs, endMs, ...plain } = buildSession(given);
  const times = { start: new Date(startMs), end: new Date(endMs) };
  t.same(found.get(own), { ...plain, ...times, id: own, version: 1, cancelledAt: null });
  t.match(found.get(cancelled), { cancelledAt: NOW });
  t.equal((await store.sessions.readSessions(organisationId, [])).size, 0);

  const mentors = await store.sessions.findMentors(organisationId, asked);
  t.same([...mentors.keys()].sort(), [own, cancelled].sort());
  t.equal(mentors.get(own), mentorId);
  t.equal((await store.sessions.findMentors(organisationId, [])).size, 0);
});

t.test('a changed session is stored as it was decided; where it came from stays', async (t) => {
  const store = await openStore(t);
  const [organisationId, userId, importId] = [newId(), newId(), newId()];
  const [id, other, invited] = [newId(), newId(), newId()];
  const session = buildSession({ organisationId, type: 'PRIVATE', custom: { region: 'North' } });
  await store.transaction((transaction) =>
    store.sessions.insertSessions(transaction, { userId, at: NOW, importId }, [
      { id, session, row: 7 },
      { id: other, session, row: 8 },
    ]),
  );
  const before = (await store.sessions.readSessions(organisationId, [id])).get(id)!;
  const { startMs, endMs } = slotAt(14, 16);
  const changed = {
    ...before,
    title: 'Reading circles II',
    start: new Date(startMs),
    end: new Date(endMs),
    timeZone: 'UTC',
    mentees: [{ userId: invited, enrolment: 'invited' as const }],
    categories: ['poetry'],
    meeting: { platform: 'ZOOM', link: 'https://zoom.us/j/123', meetingId: '123', passcode: null } as const,
    custom: {},
    version: 2,
  };
  const later = new Date(NOW.getTime() + HOUR_MS);
  const update = (work?: () => never) =>
    store.transaction(async (transaction) => {
      await store.sessions.updateSessions(transaction, { at: later }, [changed]);
      work?.();
    });
  const undo = () => {
    throw new Error('the checkpoint has moved');
  };
  await t.rejects(update(undo), { message: 'the checkpoint has moved' });
  t.same((await store.sessions.readSessions(organisationId, [id])).get(id), before);

  await update();
  t.same((await store.sessions.readSessions(organisationId, [id])).get(id), changed);
  const scopes = [{ kind: 'mentee' as const, menteeId: invited, organisationIds: [] }];
  t.match(await store.sessions.findSession(id, scopes, NOW), {
    importId,
    importRow: 7,
    createdBy: userId,
    createdAt: NOW,
    updatedAt: later,
  });
  t.equal(await store.sessions.findSession(other, scopes, NOW), undefined, 'others are left alone');
  await store.transaction((transaction) => store.sessions.updateSessions(transaction, { at: later }, []));
});

t.test('a session that was changed to be cancelled is cancelled', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const [id] = (await insert(store, { organisationId })) as [string];
  const before = (await store.sessions.readSessions(organisationId, [id])).get(id)!;
  await store.transaction((transaction) =>
    store.sessions.updateSessions(transaction, { at: NOW }, [{ ...before, cancelledAt: NOW, version: 2 }]),
  );
  const scopes = [{ kind: 'organisation' as const, organisationId }];
  t.match(await store.sessions.findSession(id, scopes, NOW), { status: 'CANCELLED', version: 2 });
  t.same(await listAll(store, { scopes, direction: 1 }), []);
});
