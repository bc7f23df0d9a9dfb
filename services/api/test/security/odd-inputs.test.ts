import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const { call, users } = await openGateway(t);
const MANAGER = 'manager@example.org';
const ADMIN = 'admin@example.org';
const JSON_TYPE = { 'content-type': 'application/json' };
const mentorId = users.get('asha.rao@example.org')!.id;
const { id } = (await call(MANAGER, 'POST', '/v1/sessions', sessionBody())).json();
const cursorOf = (place: object) => Buffer.from(JSON.stringify(place)).toString('base64url');
const total = { count: 5, isExact: true };

t.test('an address that is odd is answered like any other', async (t) => {
  for (const [status, url] of [
    [404, '//v1/sessions'],
    [404, '/V1/me'],
    [404, `/v1/sessions/${id.toUpperCase()}`],
    [404, '/v1/sessions/'],
    [404, '/v1/sessions/%00'],
    [404, `/v1/sessions/${'a'.repeat(3_000)}`],
    [400, '/v1/sessions/%zz'],
    [200, '/v1/me?'],
    [422, '/v1/me?x=1'],
    [200, '/v1/sessions?search=%ED%A0%80'],
    [200, '/v1/sessions?search=%E0%A4%A'],
    [200, '/v1/sessions?search=%00&category=%00'],
    [200, `/v1/sessions?mentor=${'x'.repeat(5_000)}`],
    [200, '/v1/sessions?from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z'],
    [422, '/v1/sessions?limit=1&limit=2'],
    [422, '/v1/sessions?limit=1e1'],
    [422, '/v1/sessions?from='],
    [200, '/v1/users?search=.*&designation=%00'],
    [200, `/v1/mentors/${mentorId}/slots?from=0000-01-01T00:00:00Z`],
    [422, `/v1/mentors/${mentorId}/slots?from=9999-12-31T23:59:59Z`],
  ] as const) {
    t.equal((await call(ADMIN, 'GET', url)).statusCode, status, url.slice(0, 80));
  }
});

t.test('a cursor of another list, or of nobody, is refused; a made-up place is only a place', async (t) => {
  const ofSessions = cursorOf({ start: '2027-06-14T09:00:00Z', id, total });
  const ofUsers = cursorOf({ name: 'asha rao', id, total });
  for (const [status, url] of [
    [200, `/v1/sessions?cursor=${ofSessions}`],
    [422, `/v1/sessions?cursor=${ofUsers}`],
    [200, `/v1/users?cursor=${ofUsers}`],
    [422, `/v1/users?cursor=${ofSessions}`],
    [422, `/v1/imports?cursor=${ofUsers}`],
    [422, '/v1/sessions?cursor=e30'],
    [422, `/v1/sessions?cursor=${cursorOf({ start: { $gt: '' }, id, total })}`],
    [422, `/v1/users?cursor=${cursorOf({ name: { $gt: '' }, id, total })}`],
  ] as const) {
    t.equal((await call(ADMIN, 'GET', url)).statusCode, status, url);
  }
  const stranger = await call('manager@other.example.net', 'GET', `/v1/sessions?cursor=${ofSessions}`);
  t.same(stranger.json().items, [], 'it shows nobody what is not theirs');
});

t.test('a body that is odd is refused by what is wrong with it', async (t) => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const rest = JSON.stringify(sessionBody({ start: '2027-07-01T10:00:00Z' })).slice(1);
  for (const body of [
    deep(400_000),
    `{"custom":{"a":${deep(400_000)}},${rest}`,
    `{"title":"a\\ud800b",${rest.replace(/"title":"[^"]*",/, '')}`,
    `{"title":"a\\u0000b",${rest.replace(/"title":"[^"]*",/, '')}`,
  ]) {
    const headers = { ...JSON_TYPE, 'idempotency-key': `odd-${body.length}` };
    const answer = await call(MANAGER, 'POST', '/v1/sessions', body, headers);
    t.match(answer.json(), { status: 422, code: 'VALIDATION_FAILED' }, body.slice(0, 40));
  }
  for (const start of ['9999-12-31T23:30:00Z', '2027-02-30T10:00:00Z', '2027-06-14T23:59:60Z', '']) {
    const answer = await call(MANAGER, 'POST', '/v1/sessions', sessionBody({ start }));
    t.match(answer.json(), { status: 422, errors: [{ pointer: '/start' }] }, start);
  }
});

t.test('of very many faults the first are told, lest an answer be many times as long', async (t) => {
  const many = (value: unknown) =>
    Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`f${n}`, value]));
  const start = '2027-07-01T10:00:00Z';
  for (const [path, body] of [
    ['/v1/auth/login', many(0)],
    ['/v1/sessions', many(0)],
    ['/v1/sessions', { ...sessionBody({ start }), ...many(0) }],
    ['/v1/sessions', sessionBody({ start, mentees: Array.from({ length: 20_000 }, () => 7) })],
    ['/v1/sessions', sessionBody({ start, custom: many('x') })],
  ] as const) {
    const answer = await call(MANAGER, 'POST', path, body);
    t.equal(answer.statusCode, 422);
    const { length } = answer.json().errors;
    t.ok(length > 0 && length <= 50, `${length} faults`);
  }
});

t.test('an If-Match that names no version at hand changes nothing, a list that does will do', async (t) => {
  const patch = async (tag: string) =>
    (await call(MANAGER, 'PATCH', `/v1/sessions/${id}`, {}, { 'if-match': tag })).statusCode;
  for (const tag of ['"0", "1"', '"0","1"', '*', '"1"']) t.equal(await patch(tag), 200, tag);
  for (const tag of ['1', 'W/"1"', '"0"', '""', '', '"é"']) t.equal(await patch(tag), 412, tag);
});
