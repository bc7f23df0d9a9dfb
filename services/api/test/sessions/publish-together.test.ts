import { brokenPromises, createPeople, holdMentor, mentorEmail } from '@mentorline/testkit';
import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const ADMIN = 'admin@example.org';
const MENTORS = 40;

t.test('of many sessions that are asked for at once each is decided for itself', async (t) => {
  const { call, store, organisation } = await openGateway(t);
  await createPeople(store, organisation.id, MENTORS);
  const taken = sessionBody({ mentor: mentorEmail(0), title: 'First' });
  t.equal((await call(MANAGER, 'POST', '/v1/sessions', taken)).statusCode, 201);
  const expectedOf = (n: number) => (n === 0 || n >= MENTORS ? 409 : n === 1 ? 422 : 201);
  const answers = await Promise.all(
    // Two of each mentor: one of them comes too late.
    Array.from({ length: 2 * MENTORS }, (_, n) => n).map(async (n) => {
      const body = sessionBody({
        mentor: mentorEmail(n % MENTORS),
        title: `Session ${n}`,
        categories: ['Robotics', `Topic ${n % 3}`],
        ...(n % MENTORS === 1 ? { durationMinutes: 29 } : {}),
      });
      return { n, answer: await call(n % 2 ? MANAGER : ADMIN, 'POST', '/v1/sessions', body) };
    }),
  );
  const statuses = new Map<number, number[]>();
  for (const { n, answer } of answers) {
    statuses.set(n % MENTORS, [...(statuses.get(n % MENTORS) ?? []), answer.statusCode].sort());
  }
  for (const [mentor, found] of statuses) {
    t.same(found, [expectedOf(mentor), mentor === 1 ? 422 : 409], `mentor ${mentor}`);
  }
  const created = answers.filter(({ answer }) => answer.statusCode === 201);
  for (const { n, answer } of created) {
    const { id, title, mentor, createdBy } = answer.json();
    t.match({ title, mentor }, { title: `Session ${n}`, mentor: { email: mentorEmail(n % MENTORS) } });
    const read = await call(MANAGER, 'GET', `/v1/sessions/${id}`);
    t.same(read.json(), answer.json(), 'what is read is what was answered');
    const audit = await call(ADMIN, 'GET', `/v1/audit?target=${id}`);
    t.match(audit.json(), { items: [{ action: 'session.created', user: { id: createdBy } }], total: 1 });
  }
  const options = store.connection.collection('options');
  t.equal(await options.countDocuments({ field: 'categories', label: 'Robotics' }), 1);
  t.same(await brokenPromises(store), []);
});

t.test('a mentor whom somebody else books keeps the sessions of no other waiting', async (t) => {
  const gateway = await openGateway(t);
  const { call, store, organisation } = gateway;
  await createPeople(store, organisation.id, MENTORS);
  const letGo = await holdMentor(t, gateway, mentorEmail(0));
  const post = (mentor: string) => call(MANAGER, 'POST', '/v1/sessions', sessionBody({ mentor }));
  const held = post(mentorEmail(0));
  const others = await Promise.all(Array.from({ length: 20 }, (_, n) => post(mentorEmail(1 + n))));
  t.ok(
    others.every(({ statusCode }) => statusCode === 201),
    'the others are through while it is held',
  );
  await letGo();
  t.equal((await held).statusCode, 201, 'and it comes when it is let go');
  t.same(await brokenPromises(store), []);
});

t.test('keys of requests that are worked off together are each done', async (t) => {
  const { call, store, organisation } = await openGateway(t);
  await createPeople(store, organisation.id, MENTORS);
  const post = (n: number) =>
    call(MANAGER, 'POST', '/v1/sessions', sessionBody({ mentor: mentorEmail(n) }), {
      'idempotency-key': `key-${n}`,
    });
  const all = () => Promise.all(Array.from({ length: 20 }, (_, n) => post(n)));
  const [first, again] = [await all(), await all()];
  t.same(
    again.map((answer) => [answer.headers['idempotency-replayed'], answer.json().id]),
    first.map((answer) => ['true', answer.json().id]),
  );
  t.equal(await store.connection.collection('sessions').countDocuments(), 20);
});
