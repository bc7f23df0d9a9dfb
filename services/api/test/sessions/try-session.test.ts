import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const COLLECTIONS = ['sessions', 'options', 'mentorLocks', 'auditLog'];

const gateway = await openGateway(t);
const { call, store } = gateway;
const check = (body: object, email: string | null = MANAGER) =>
  call(email, 'POST', '/v1/sessions/check', body);
const stored = () =>
  Promise.all(COLLECTIONS.map((name) => store.connection.collection(name).countDocuments()));

t.test('a session that would be published says what it would bring, and stays unmade', async (t) => {
  const answer = await check(sessionBody({ meeting: { platform: 'ZOOM' } }));
  t.equal(answer.statusCode, 200);
  t.strictSame(answer.json(), {
    ok: true,
    errors: [],
    newOptions: [
      { field: 'recommendedFor', value: 'teachers', label: 'Teachers' },
      { field: 'categories', value: 'communication', label: 'Communication' },
      { field: 'medium', value: 'english', label: 'English' },
    ],
    note: 'Set meeting later',
  });
  t.same(await stored(), [0, 0, 0, 0]);
  t.equal(
    (await call(MANAGER, 'POST', '/v1/sessions', sessionBody())).statusCode,
    201,
    'nothing was reserved',
  );
  t.same((await check(sessionBody({ start: '2027-06-15T09:30:00Z' }))).json().newOptions, []);
});

t.test('the faults are those that its creation would tell', async (t) => {
  for (const more of [
    { start: '2027-06-14T10:30:00Z' },
    { start: '2027-06-14T10:30:00Z', title: '', mentees: ['nobody@example.org'] },
    { mentor: 'meera.iyer@example.org', type: 'PRIVATE' },
    { start: '2027-05-31T09:30:00Z', durationMinutes: 29 },
  ]) {
    const before = await stored();
    const told = await check(sessionBody(more));
    t.equal(told.statusCode, 200);
    const { ok, errors } = told.json();
    const created = await call(MANAGER, 'POST', '/v1/sessions', sessionBody(more));
    t.equal(ok, false);
    t.strictSame(errors, created.json().errors);
    t.same(await stored(), before);
  }
  const { errors } = (await check({})).json();
  t.equal(errors.length, 9, 'missing fields are faults like others');
});

t.test('what is no session at all is refused, and only managers ask', async (t) => {
  t.equal((await check({ title: 5 })).statusCode, 422);
  t.equal((await check({ title: { $ne: '' } })).statusCode, 422);
  t.equal((await check(sessionBody(), 'asha.rao@example.org')).statusCode, 403);
  t.equal((await check(sessionBody(), null)).statusCode, 401);
});
