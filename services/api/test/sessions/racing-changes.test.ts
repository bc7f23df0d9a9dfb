import { connectStore } from '@mentorline/store';
import { brokenPromises, type TestContext } from '@mentorline/testkit';
import t from 'tap';
import { buildApp } from '../../src/app.ts';
import { type Gateway, openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const ADMIN = 'admin@example.org';

async function create({ call }: Gateway, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await call(MANAGER, 'POST', '/v1/sessions', sessionBody(more));
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json().id;
}
/** Two gateways on one database, as two processes are: in one alone, writers of a mentor wait for each other. */
async function openTwo(t: TestContext): Promise<Gateway & { callOther: Gateway['call'] }> {
  const gateway = await openGateway(t);
  const store = await connectStore({ uri: gateway.mongodbUri });
  const app = await buildApp({ ...gateway.deps, store });
  t.teardown(async () => {
    await app.close();
    await store.close();
  });
  return { ...gateway, callOther: (...input) => gateway.callOn(app, ...input) };
}

const statuses = (answers: readonly { statusCode: number }[]) =>
  answers.map(({ statusCode }) => statusCode).sort();

t.test('of two sessions of a mentor that move to one slot at once exactly one gets there', async (t) => {
  const gateway = await openTwo(t);
  const { call, callOther } = gateway;
  const a = await create(gateway, { start: '2027-06-14T04:30:00Z' });
  const b = await create(gateway, { start: '2027-06-14T06:30:00Z' });
  for (let n = 0; n < 20; n += 1) {
    const start = new Date(Date.UTC(2027, 6, 1 + n, 9)).toISOString();
    const answers = await Promise.all([
      call(MANAGER, 'PATCH', `/v1/sessions/${a}`, { start }),
      callOther(ADMIN, 'PATCH', `/v1/sessions/${b}`, { start }),
    ]);
    t.same(statuses(answers), [200, 409], `round ${n + 1}`);
  }
  t.same(await brokenPromises(gateway.store), []);
});

t.test('two sessions may trade places only one after the other', async (t) => {
  const gateway = await openTwo(t);
  const { call, callOther } = gateway;
  const a = await create(gateway, { start: '2027-06-14T04:30:00Z' });
  const b = await create(gateway, { start: '2027-06-14T06:30:00Z' });
  const answers = await Promise.all([
    call(MANAGER, 'PATCH', `/v1/sessions/${a}`, { start: '2027-06-14T06:30:00Z' }),
    callOther(ADMIN, 'PATCH', `/v1/sessions/${b}`, { start: '2027-06-14T04:30:00Z' }),
  ]);
  t.same(statuses(answers), [409, 409]);
});

t.test('of two edits of one version exactly one is made', async (t) => {
  const gateway = await openTwo(t);
  const id = await create(gateway);
  for (let version = 1; version <= 10; version += 1) {
    const headers = { 'if-match': `"${version}"` };
    const answers = await Promise.all(
      [gateway.call, gateway.callOther].map((send, n) =>
        send(MANAGER, 'PATCH', `/v1/sessions/${id}`, { title: `Title ${version}.${n}` }, headers),
      ),
    );
    t.same(statuses(answers), [200, 412]);
  }
});

t.test('edits of different fields at once are both kept', async (t) => {
  const gateway = await openTwo(t);
  const { call, callOther } = gateway;
  const id = await create(gateway);
  for (let n = 0; n < 10; n += 1) {
    const answers = await Promise.all([
      call(MANAGER, 'PATCH', `/v1/sessions/${id}`, { title: `Title ${n}` }),
      callOther(ADMIN, 'PATCH', `/v1/sessions/${id}`, { description: `Description ${n}` }),
    ]);
    t.same(statuses(answers), [200, 200]);
    const session = (await call(MANAGER, 'GET', `/v1/sessions/${id}`)).json();
    t.match(session, { title: `Title ${n}`, description: `Description ${n}`, version: 3 + 2 * n });
  }
});

t.test(
  'an edit that meets a cancellation comes before it or is refused; the slot is free for good',
  async (t) => {
    const gateway = await openTwo(t);
    const { call, callOther, store } = gateway;
    for (let n = 0; n < 15; n += 1) {
      const id = await create(gateway);
      const [edited, cancelled, booked] = await Promise.all([
        call(MANAGER, 'PATCH', `/v1/sessions/${id}`, { durationMinutes: 90 }),
        callOther(ADMIN, 'DELETE', `/v1/sessions/${id}`),
        callOther(ADMIN, 'POST', '/v1/sessions', sessionBody({ title: 'Instead' })),
      ]);
      t.ok([200, 409].includes(edited!.statusCode), edited!.body);
      t.equal(cancelled!.statusCode, 204);
      t.ok([201, 409].includes(booked!.statusCode), booked!.body);
      const session = (await call(MANAGER, 'GET', `/v1/sessions/${id}`)).json();
      t.match(session, { status: 'CANCELLED', version: edited!.statusCode === 200 ? 3 : 2 });
      t.same(await brokenPromises(store), []);
      if (booked!.statusCode === 201) await call(MANAGER, 'DELETE', `/v1/sessions/${booked!.json().id}`);
    }
  },
);

t.test('a hundred mentees at two gateways get the five seats that there are', async (t) => {
  const gateway = await openTwo(t);
  const { call, callOther, store, users, organisation } = gateway;
  const id = await create(gateway);
  const people = Array.from({ length: 100 }, (_, n) => `mentee${n}@example.org`);
  await store.users.createUsers(
    people.map((email) => ({ organisationId: organisation.id, email, name: email, roles: ['mentee'] })),
  );
  for (const user of await store.users.listUsers(organisation.id)) {
    (users as Map<string, typeof user>).set(user.email, user);
  }
  const answers = await Promise.all(
    people.map((email, n) =>
      (n % 2 ? call : callOther)(email, 'PUT', `/v1/sessions/${id}/mentees/${users.get(email)!.id}`),
    ),
  );
  t.same(statuses(answers), [...Array(5).fill(201), ...Array(95).fill(409)]);
  t.match((await call(MANAGER, 'GET', `/v1/sessions/${id}`)).json(), { version: 6, seats: { taken: 5 } });
});
