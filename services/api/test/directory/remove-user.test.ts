import { setTimeout as sleep } from 'node:timers/promises';
import { connectStore, newId, type Store } from '@mentorline/store';
import {
  acceptFile,
  createPeople,
  holdMentor,
  menteeEmail,
  mentorEmail,
  randomNumbers,
  sessionFile,
  type TestContext,
  waitFor,
} from '@mentorline/testkit';
import t from 'tap';
import { buildApp } from '../../src/app.ts';
import { type Gateway, openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const ADMIN = 'admin@example.org';
const MEERA = 'meera.iyer@example.org';
const ARJUN = 'arjun.nair@example.org';
const VIKRAM = 'vikram.shah@example.org';
const ROUNDS = 30;

async function idOf(store: Store, email: string): Promise<string> {
  return (await store.users.findUserByEmail(email))!.id;
}

/** Those whom a session names and who are not there. */
async function missingPeople({ connection }: Store): Promise<string[]> {
  const sessions = await connection.collection('sessions').find().toArray();
  const named = sessions.flatMap(({ mentorId, mentees }) => [
    String(mentorId),
    ...mentees.map(({ userId }: { userId: unknown }) => String(userId)),
  ]);
  const users = await connection.collection('users').find().toArray();
  const there = new Set(users.map(({ _id }) => String(_id)));
  return named.filter((id) => !there.has(id));
}

/** Every way in which the gateway lets a session name somebody; each does so once. */
const WAYS: readonly {
  way: string;
  /** Is named. */
  email: string;
  prepare?: (gateway: Gateway) => Promise<string>;
  send: (gateway: Gateway, id: string, userId: string) => ReturnType<Gateway['call']>;
  answers: { named: number; gone: number };
}[] = [
  {
    ...{ way: 'a new session with its mentor', email: VIKRAM, answers: { named: 201, gone: 422 } },
    send: ({ call }) => call(MANAGER, 'POST', '/v1/sessions', sessionBody({ mentor: VIKRAM })),
  },
  {
    ...{ way: 'a new session with a mentee', email: MEERA, answers: { named: 201, gone: 422 } },
    send: ({ call }) => call(MANAGER, 'POST', '/v1/sessions', sessionBody({ mentees: [MEERA] })),
  },
  {
    ...{ way: 'an edit of its mentees', email: MEERA, answers: { named: 200, gone: 422 } },
    prepare: create,
    send: ({ call }, id) => call(MANAGER, 'PATCH', `/v1/sessions/${id}`, { mentees: [ARJUN, MEERA] }),
  },
  {
    ...{ way: 'a seat that a manager gives', email: MEERA, answers: { named: 201, gone: 404 } },
    prepare: create,
    send: ({ call }, id, userId) => call(MANAGER, 'PUT', `/v1/sessions/${id}/mentees/${userId}`),
  },
  {
    ...{ way: 'a seat that a mentee takes', email: MEERA, answers: { named: 201, gone: 404 } },
    prepare: create,
    send: ({ call }, id, userId) => call(MEERA, 'PUT', `/v1/sessions/${id}/mentees/${userId}`),
  },
];

async function create({ call }: Gateway): Promise<string> {
  const answer = await call(MANAGER, 'POST', '/v1/sessions', sessionBody());
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json().id;
}

/** A gateway of its own process's kind, on the same database, whose deletions stop where they have found no session. */
async function openPausing(t: TestContext, gateway: Gateway) {
  const store = await connectStore({ uri: gateway.mongodbUri });
  let looked = (): void => {};
  let goOn = (): void => {};
  const hasLooked = new Promise<void>((resolve) => {
    looked = resolve;
  });
  const mayGoOn = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const isAnyUnderWay: Store['imports']['isAnyUnderWay'] = async (...input) => {
    const underWay = await store.imports.isAnyUnderWay(...input);
    looked();
    await mayGoOn;
    return underWay;
  };
  const pausing = { ...store, imports: { ...store.imports, isAnyUnderWay } };
  const app = await buildApp({ ...gateway.deps, store: pausing });
  t.teardown(async () => {
    goOn();
    await app.close();
    await store.close();
  });
  const remove = (id: string) => gateway.callOn(app, ADMIN, 'DELETE', `/v1/users/${id}`);
  return { remove, hasLooked, goOn };
}

/** Something writes to the collection at this moment, or waits to. */
async function isAtWork({ connection }: Store, collection: string): Promise<boolean> {
  const ns = `${connection.name}.${collection}`;
  const admin = connection.getClient().db('admin');
  const found = await admin.aggregate([{ $currentOp: {} }, { $match: { ns, active: true } }]).toArray();
  return found.length > 0;
}

for (const { way, email, prepare, send, answers } of WAYS) {
  t.test(`${way}: who is named when the deletion comes is deactivated`, async (t) => {
    const gateway = await openGateway(t);
    const { store, call } = gateway;
    const userId = await idOf(store, email);
    const id = (await prepare?.(gateway)) ?? '';
    // It has looked the person up, and waits for the mentor.
    const letGo = await holdMentor(t, gateway, email === VIKRAM ? VIKRAM : sessionBody().mentor);
    const named = send(gateway, id, userId);
    await waitFor('the person is kept', async () => (await store.users.findUser(userId))?.kept);
    const removed = await call(ADMIN, 'DELETE', `/v1/users/${userId}`);
    t.same(removed.json(), { outcome: 'deactivated' });
    await letGo();
    t.equal((await named).statusCode, answers.named);
    t.same(await missingPeople(store), []);
  });

  t.test(`${way}: who is deleted after being looked up is not named`, async (t) => {
    const gateway = await openGateway(t);
    const { store } = gateway;
    const userId = await idOf(store, email);
    const id = (await prepare?.(gateway)) ?? '';
    const sessionsBefore = await store.connection.collection('sessions').find().toArray();
    const deletion = await store.connection.startSession();
    t.teardown(() => deletion.endSession());
    deletion.startTransaction();
    t.equal(await store.users.removeUser(deletion, userId), true);
    // The deletion is not to be seen yet: the person is found, and to be kept.
    const named = send(gateway, id, userId);
    await waitFor('the person is to be kept', () => isAtWork(store, 'users'));
    await deletion.commitTransaction();
    t.equal((await named).statusCode, answers.gone);
    t.same(await store.connection.collection('sessions').find().toArray(), sessionsBefore);
  });
}

for (const { way, email, send, answers } of WAYS.slice(0, 2)) {
  t.test(`${way}: a deletion that has found no session sees the one that is stored meanwhile`, async (t) => {
    const gateway = await openGateway(t);
    const { store } = gateway;
    const userId = await idOf(store, email);
    const { remove, hasLooked, goOn } = await openPausing(t, gateway);
    const removing = remove(userId);
    await hasLooked;
    t.equal((await send(gateway, '', userId)).statusCode, answers.named);
    goOn();
    t.same((await removing).json(), { outcome: 'deactivated' });
    t.match(await store.users.findUser(userId), { active: false });
    t.same(await missingPeople(store), []);
  });
}

t.test(
  'somebody whom a session was refused for the slot’s sake is deactivated, others are deleted',
  async (t) => {
    const gateway = await openGateway(t);
    const { store, call } = gateway;
    await create(gateway);
    const refusedWith = async (more: object) =>
      (await call(MANAGER, 'POST', '/v1/sessions', sessionBody(more))).statusCode;
    t.equal(await refusedWith({ mentees: [MEERA], title: ' ' }), 422);
    t.equal(await refusedWith({ mentees: [ARJUN] }), 409);
    const removed = async (email: string) =>
      (await call(ADMIN, 'DELETE', `/v1/users/${await idOf(store, email)}`)).json().outcome;
    t.equal(await removed(MEERA), 'deleted');
    t.equal(await removed(ARJUN), 'deactivated');
  },
);

t.test('an import that is accepted while a deletion looks begins after it', async (t) => {
  const gateway = await openGateway(t);
  const { store, organisation } = gateway;
  const { remove, hasLooked, goOn } = await openPausing(t, gateway);
  const removing = remove(await idOf(store, MEERA));
  await hasLooked;
  await acceptFile(gateway, sessionFile([{ Mentor: VIKRAM, Mentees: MEERA }]));
  const turn = store.turns.takeTurn(organisation.id, newId(), 60_000);
  await waitFor('it waits for its turn', () => isAtWork(store, 'importTurns'));
  goOn();
  t.same((await removing).json(), { outcome: 'deleted' }, 'the import has looked nobody up yet');
  t.equal(await turn, true);
});

t.test(
  'whoever is named and deleted at once, by two gateways: nobody is named who is not there',
  async (t) => {
    const gateway = await openGateway(t);
    const { store, organisation, call } = gateway;
    const other = await connectStore({ uri: gateway.mongodbUri });
    const app = await buildApp({ ...gateway.deps, store: other });
    t.teardown(async () => {
      await app.close();
      await other.close();
    });
    await createPeople(store, organisation.id, ROUNDS, ROUNDS);
    const random = randomNumbers(8);
    const sessionId = await create(gateway);
    const answers = new Map<string, number>();
    let deletionMs = 50;
    /** Calls while a deletion is under way, or just before or after. */
    const soon = async (...input: Parameters<Gateway['callOn']>): Promise<void> => {
      const isDeletion = input[2] === 'DELETE';
      if (!isDeletion) await sleep(random(2 * deletionMs));
      const begun = performance.now();
      const answer = await gateway.callOn(...input);
      if (isDeletion) deletionMs = performance.now() - begun;
      const told = [input[2], answer.statusCode, answer.json().outcome].join(' ').trim();
      answers.set(told, (answers.get(told) ?? 0) + 1);
    };
    for (let n = 0; n < ROUNDS; n += 1) {
      const [mentor, mentee] = [mentorEmail(n), menteeEmail(n)];
      const [mentorId, menteeId] = [await idOf(store, mentor), await idOf(store, mentee)];
      const session = sessionBody(n % 4 ? { mentor, mentees: [mentee] } : { mentor });
      const path = `/v1/sessions/${sessionId}`;
      await Promise.all([
        soon(app, ADMIN, 'DELETE', `/v1/users/${mentorId}`),
        soon(app, ADMIN, 'DELETE', `/v1/users/${menteeId}`),
        soon(gateway.app, MANAGER, 'POST', '/v1/sessions', session),
        n % 2
          ? soon(gateway.app, MANAGER, 'PATCH', path, { mentees: [mentee] })
          : soon(gateway.app, MANAGER, 'PUT', `${path}/mentees/${menteeId}`),
      ]);
      // Seats for the next.
      await call(MANAGER, 'PATCH', path, { mentees: [] });
    }
    t.same(await missingPeople(store), []);
    const expected = ['DELETE 200 deleted', 'DELETE 200 deactivated', 'POST 201', 'POST 422'];
    for (const told of expected) t.ok(answers.has(told), `${told}: ${answers.get(told)} times`);
    const others = [...answers.keys()].filter(
      (told) => !expected.includes(told) && !/^(?:PATCH (?:200|422)|PUT (?:201|404))$/u.test(told),
    );
    t.same(others, []);
  },
);
