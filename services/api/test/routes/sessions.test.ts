import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const gateway = await openGateway(t);
const { call, clock, users } = gateway;
const MANAGER = 'manager@example.org';
const STRANGER = 'manager@other.example.net';
const ASHA = 'asha.rao@example.org';
const VIKRAM = 'vikram.shah@example.org';
const MEERA = 'meera.iyer@example.org';
const ARJUN = 'arjun.nair@example.org';

const create = async (more: Record<string, unknown>) => {
  const answer = await call(MANAGER, 'POST', '/v1/sessions', sessionBody(more));
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer;
};
const ZOOM = { platform: 'ZOOM', link: 'https://zoom.us/j/84839928742?pwd=secret' };
const open = await create({ title: 'Open', mentees: [MEERA], meeting: ZOOM });
const talk = await create({
  title: 'Talk',
  type: 'PRIVATE',
  mentor: VIKRAM,
  mentees: [ARJUN],
  start: '2027-06-14T12:00:00Z',
});
const later = await create({ title: 'Later', start: '2027-06-20T09:30:00Z' });
const idOf = (answer: { json(): { id: string } }) => answer.json().id;
const titles = async (email: string, query = '') => {
  const answer = await call(email, 'GET', `/v1/sessions${query}`);
  return answer.json().items.map(({ title }: { title: string }) => title);
};

t.test('a created session answers with its place, its version and all its fields', async (t) => {
  const { id } = open.json();
  t.match(id, /^[0-9a-f]{24}$/);
  t.equal(open.headers.location, `/v1/sessions/${id}`);
  t.equal(open.headers.etag, '"1"');
  const [manager, asha, meera] = [MANAGER, ASHA, MEERA].map((email) => users.get(email)!);
  const expected = {
    id,
    version: 1,
    title: 'Open',
    description: 'How heads plan a year of change',
    type: 'PUBLIC',
    status: 'PUBLISHED',
    mentor: { id: asha!.id, name: 'Asha Rao', email: ASHA },
    start: '2027-06-14T09:30:00Z',
    end: '2027-06-14T10:30:00Z',
    durationMinutes: 60,
    timeZone: 'Asia/Kolkata',
    seats: { limit: 5, taken: 1 },
    mentees: [{ id: meera!.id, name: 'Meera Iyer', email: MEERA, enrolment: 'invited' }],
    recommendedFor: [{ value: 'teachers', label: 'Teachers' }],
    categories: [{ value: 'communication', label: 'Communication' }],
    medium: [{ value: 'english', label: 'English' }],
    meeting: { ...ZOOM, meetingId: '84839928742', passcode: 'secret' },
    custom: {},
    image: null,
    importId: null,
    importRow: null,
    createdBy: manager!.id,
    createdAt: '2027-06-01T00:00:00Z',
    updatedAt: '2027-06-01T00:00:00Z',
  };
  t.strictSame(open.json(), expected);
  const read = await call(MANAGER, 'GET', `/v1/sessions/${id}`);
  t.equal(read.headers.etag, '"1"');
  t.strictSame(read.json(), expected);
});

t.test('only managers create sessions', async (t) => {
  for (const email of [ASHA, MEERA, 'operator@example.org']) {
    const answer = await call(email, 'POST', '/v1/sessions', sessionBody());
    t.equal(answer.statusCode, 403, email);
    t.equal(answer.json().code, 'FORBIDDEN');
  }
  t.equal((await call(null, 'POST', '/v1/sessions', sessionBody())).statusCode, 401);
});

t.test('each sees what its roles show, and an operator nothing', async (t) => {
  t.same(await titles(MANAGER), ['Open', 'Talk', 'Later']);
  t.same(await titles(ASHA), ['Open', 'Later']);
  t.same(await titles(VIKRAM), ['Talk']);
  t.same(await titles(MEERA), ['Open', 'Later']);
  t.same(await titles(ARJUN), ['Open', 'Talk', 'Later']);
  t.same(await titles(STRANGER), []);
  t.equal((await call('operator@example.org', 'GET', '/v1/sessions')).statusCode, 403);
  t.equal((await call('operator@example.org', 'GET', `/v1/sessions/${idOf(open)}`)).statusCode, 403);
});

t.test('what somebody may not see answers as if it were not there', async (t) => {
  const absent = [
    [STRANGER, idOf(open)],
    ['lena.berg@other.example.net', idOf(open)],
    [MEERA, idOf(talk)],
    [ASHA, idOf(talk)],
    [MANAGER, '000000000000000000000000'],
    [MANAGER, 'abc'],
  ] as const;
  for (const [email, id] of absent) {
    const answer = await call(email, 'GET', `/v1/sessions/${id}`);
    t.equal(answer.statusCode, 404, `${email} ${id}`);
    t.equal(answer.json().code, 'NOT_FOUND');
  }
});

t.test(
  'passcodes are for the manager, the mentor and the enrolled; other mentees stay unnamed',
  async (t) => {
    for (const email of [MANAGER, ASHA, MEERA]) {
      const { meeting } = (await call(email, 'GET', `/v1/sessions/${idOf(open)}`)).json();
      t.match(meeting, { passcode: 'secret', link: ZOOM.link }, email);
    }
    const outside = await call(ARJUN, 'GET', `/v1/sessions/${idOf(open)}`);
    t.match(outside.json(), {
      mentees: [],
      seats: { limit: 5, taken: 1 },
      meeting: { passcode: null, link: 'https://zoom.us/j/84839928742' },
    });
    t.notMatch(outside.body, /secret|meera/i);
  },
);

t.test('the list is filtered, sorted and paged', async (t) => {
  t.same(await titles(MANAGER, '?type=PRIVATE'), ['Talk']);
  t.same(await titles(MANAGER, `?mentor=${users.get(VIKRAM)!.id}`), ['Talk']);
  t.same(await titles(MANAGER, '?mentor=Vikram.Shah@example.org'), ['Talk']);
  t.same(await titles(MANAGER, '?mentor=nobody@example.org'), []);
  t.same(await titles(MANAGER, '?from=2027-06-15T00:00:00Z'), ['Later']);
  t.same(await titles(MANAGER, '?to=2027-06-15T00:00:00Z&type=PUBLIC'), ['Open']);
  t.same(await titles(MANAGER, '?status=LIVE'), []);
  t.equal((await titles(MANAGER, '?sort=-start'))[0], 'Later');

  for (const sort of ['start', '-start']) {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer = await call(MANAGER, 'GET', `/v1/sessions?limit=1&sort=${sort}&cursor=${cursor}`);
      const page = answer.json();
      t.equal(page.total, 3);
      t.equal(page.items.length, 1);
      seen.push(page.items[0].title);
      cursor = page.nextCursor;
    }
    t.same(seen, await titles(MANAGER, `?sort=${sort}`), sort);
  }
});

// RFC 3339 has it, a clock of milliseconds has not.
const LEAP_SECOND = '2029-12-31T23:59:60Z';
const cursorOf = (place: object) => Buffer.from(JSON.stringify(place)).toString('base64url');

t.test('a query that does not fit is told by its name', async (t) => {
  for (const [query, pointer] of [
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['status=OPEN', '/status'],
    ['from=yesterday', '/from'],
    ['sort=title', '/sort'],
    ['cursor=abc', '/cursor'],
    [`cursor=${cursorOf({ row: 1 })}`, '/cursor'],
    [`from=${LEAP_SECOND}`, '/from'],
    [`to=${LEAP_SECOND}`, '/to'],
    [`cursor=${cursorOf({ start: LEAP_SECOND, id: idOf(open) })}`, '/cursor'],
    ['form=2027-06-15T00:00:00Z', '/form'],
    ['__proto__=x', '/__proto__'],
  ] as const) {
    const answer = await call(MANAGER, 'GET', `/v1/sessions?${query}`);
    t.equal(answer.statusCode, 422, query);
    t.match(answer.json(), { code: 'VALIDATION_FAILED', errors: [{ pointer }] });
  }
});

t.test('a parameter that a call does not know is refused, never ignored', async (t) => {
  const id = idOf(open);
  for (const path of [
    '/v1/me',
    '/v1/sessions',
    `/v1/sessions/${id}`,
    '/v1/imports',
    `/v1/imports/${id}`,
    `/v1/imports/${id}/rows`,
    `/v1/imports/${id}/report.csv`,
    `/v1/imports/${id}/corrections.csv`,
    '/v1/imports/sample.csv',
  ]) {
    const answer = await call(MANAGER, 'GET', `${path}?statsu=LIVE`);
    t.equal(answer.statusCode, 422, path);
    t.match(answer.json(), {
      code: 'VALIDATION_FAILED',
      errors: [{ pointer: '/statsu', code: 'FIELD_UNKNOWN' }],
    });
  }
  t.equal((await call(MANAGER, 'POST', '/v1/sessions?dryRun=1', sessionBody())).statusCode, 422);
});

t.test('the clock alone makes a session live and completed', async (t) => {
  const statusAt = async (time: string) => {
    clock.now = new Date(time);
    return (await call(MANAGER, 'GET', `/v1/sessions/${idOf(later)}`)).json().status;
  };
  t.equal(await statusAt('2027-06-20T09:29:59Z'), 'PUBLISHED');
  t.equal(await statusAt('2027-06-20T09:30:00Z'), 'LIVE');
  t.same(await titles(MANAGER, '?status=LIVE'), ['Later']);
  t.equal(await statusAt('2027-06-20T10:30:00Z'), 'LIVE');
  t.equal(await statusAt('2027-06-20T10:30:01Z'), 'COMPLETED');
});
