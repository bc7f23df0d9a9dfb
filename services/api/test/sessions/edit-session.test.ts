import { brokenPromises } from '@mentorline/testkit';
import t from 'tap';
import { type Gateway, openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const STRANGER = 'manager@other.example.net';
const ASHA = 'asha.rao@example.org';
const MEERA = 'meera.iyer@example.org';
const ARJUN = 'arjun.nair@example.org';
const ZOOM = { platform: 'ZOOM', link: 'https://zoom.us/j/84839928742?pwd=secret' };

type Fault = { pointer?: string; code: string };
const faultsOf = (answer: { json(): { errors: Fault[] } }) =>
  answer.json().errors.map(({ pointer, code }) => [pointer, code]);

async function create({ call }: Gateway, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await call(MANAGER, 'POST', '/v1/sessions', sessionBody(more));
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json().id;
}

const auditOf = ({ store }: Gateway, id: string) =>
  store.connection.collection('auditLog').find({ 'target.id': id }).sort({ at: 1, _id: 1 }).toArray();

t.test('an edit changes what it names and nothing else, and counts a version', async (t) => {
  const gateway = await openGateway(t);
  const { call } = gateway;
  const id = await create(gateway, { mentees: [MEERA], meeting: ZOOM });
  const before = (await call(MANAGER, 'GET', `/v1/sessions/${id}`)).json();
  gateway.clock.now = new Date('2027-06-02T00:00:00Z');
  const answer = await call(MANAGER, 'PATCH', `/v1/sessions/${id}`, {
    title: ' Leading two schools ',
    start: '2027-06-15T09:30:00Z',
    categories: ['Communication', 'Life skills'],
    mentees: [MEERA, ARJUN],
    meeting: { passcode: 'other' },
  });
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers.etag, '"2"');
  const { mentees, ...rest } = answer.json();
  const { mentees: _, ...same } = before;
  t.strictSame(rest, {
    ...same,
    version: 2,
    title: 'Leading two schools',
    start: '2027-06-15T09:30:00Z',
    end: '2027-06-15T10:30:00Z',
    seats: { limit: 5, taken: 2 },
    categories: [
      { value: 'communication', label: 'Communication' },
      { value: 'life_skills', label: 'Life skills' },
    ],
    meeting: { ...before.meeting, passcode: 'other' },
    updatedAt: '2027-06-02T00:00:00Z',
  });
  t.same(
    mentees.map(({ email }: { email: string }) => email),
    [MEERA, ARJUN],
  );
  t.strictSame((await call(MANAGER, 'GET', `/v1/sessions/${id}`)).json(), answer.json());
  const [, edited, ...more] = await auditOf(gateway, id);
  t.match(edited, { action: 'session.updated', email: MANAGER });
  t.same([...edited!.fields].sort(), ['categories', 'meeting', 'mentees', 'start', 'title']);
  t.same(more, []);
});

t.test('an edit that changes nothing counts no version and leaves no entry', async (t) => {
  const gateway = await openGateway(t);
  const { call } = gateway;
  const id = await create(gateway, { mentees: [MEERA] });
  for (const body of [
    {},
    { title: 'Leading a school', mentees: [MEERA.toUpperCase()], mentor: ASHA, type: 'PUBLIC' },
    { start: '2027-06-14T15:00:00+05:30', durationMinutes: 60, recommendedFor: ['TEACHERS'] },
    { end: '2027-06-14T10:30:00Z', meeting: { platform: 'BBB', link: null } },
  ]) {
    const answer = await gateway.call(MANAGER, 'PATCH', `/v1/sessions/${id}`, body);
    t.equal(answer.statusCode, 200, JSON.stringify(body));
    t.equal(answer.headers.etag, '"1"');
  }
  t.equal((await auditOf(gateway, id)).length, 1);
  t.equal((await call(MANAGER, 'GET', `/v1/sessions/${id}`)).json().updatedAt, '2027-06-01T00:00:00Z');
});

t.test('end, duration and zone change alone', async (t) => {
  const gateway = await openGateway(t);
  const id = await create(gateway);
  const edit = async (body: object) =>
    (await gateway.call(MANAGER, 'PATCH', `/v1/sessions/${id}`, body)).json();
  t.match(await edit({ durationMinutes: 90 }), {
    start: '2027-06-14T09:30:00Z',
    end: '2027-06-14T11:00:00Z',
  });
  t.match(await edit({ end: '2027-06-14T10:15:00Z' }), { durationMinutes: 45 });
  t.match(await edit({ timeZone: 'Europe/Berlin' }), {
    ...{ timeZone: 'Europe/Berlin', start: '2027-06-14T09:30:00Z', durationMinutes: 45 },
  });
  t.match(await edit({ start: '2027-06-16T09:30:00Z', end: '2027-06-16T10:30:00Z', durationMinutes: 60 }), {
    ...{ start: '2027-06-16T09:30:00Z', durationMinutes: 60 },
  });
});

t.test('all that is wrong with an edit is told at once, and nothing of it is applied', async (t) => {
  const gateway = await openGateway(t);
  const id = await create(gateway, { type: 'PRIVATE', mentees: [MEERA] });
  const answer = await gateway.call(MANAGER, 'PATCH', `/v1/sessions/${id}`, {
    title: '',
    description: 'x'.repeat(5001),
    type: 'PUBLIC',
    mentor: 'vikram.shah@example.org',
    mentees: [],
    start: '2027-05-31T23:59:00Z',
    durationMinutes: 29,
    timeZone: 'Mars/Phobos',
    recommendedFor: [],
    meeting: { link: 'https://zoom.us/j/1' },
    custom: { grade: 5 },
  });
  t.equal(answer.statusCode, 422);
  t.equal(answer.json().code, 'VALIDATION_FAILED');
  t.same(
    faultsOf(answer).sort(),
    [
      ['/custom/grade', 'FIELD_INVALID'],
      ['/description', 'FIELD_TOO_LONG'],
      ['/meeting/link', 'MEETING_LINK_NOT_ALLOWED'],
      ['/mentees', 'MENTEES_REQUIRED'],
      ['/mentor', 'IMMUTABLE_FIELD'],
      ['/recommendedFor', 'FIELD_REQUIRED'],
      ['/timeZone', 'FIELD_INVALID'],
      ['/title', 'FIELD_REQUIRED'],
      ['/type', 'IMMUTABLE_FIELD'],
      ['/durationMinutes', 'DURATION_TOO_SHORT'],
    ].sort(),
  );
  for (const [body, fault] of [
    [{ start: '2027-05-31T23:59:00Z' }, ['/start', 'START_IN_PAST']],
    [{ end: '2027-06-14T09:45:00Z' }, ['/end', 'DURATION_TOO_SHORT']],
    [{ durationMinutes: 1441 }, ['/durationMinutes', 'DURATION_TOO_LONG']],
    [{ end: '2027-06-14T11:30:00Z', durationMinutes: 120 }, ['/durationMinutes', 'FIELD_INVALID']],
    [{ start: '2027-06-14T09:30:30Z' }, ['/start', 'FIELD_INVALID']],
    [{ mentees: [ASHA, MEERA] }, ['/mentees', 'MENTOR_IS_MENTEE']],
    [{ mentees: ['nobody@example.org'] }, ['/mentees', 'USER_NOT_FOUND']],
    [{ title: null }, ['/title', 'FIELD_INVALID']],
    [{ title: { $ne: '' } }, ['/title', 'FIELD_INVALID']],
    [{ mentees: [{ $gt: '' }] }, ['/mentees/0', 'FIELD_INVALID']],
    [{ status: 'LIVE' }, ['/status', 'FIELD_UNKNOWN']],
    [{ version: 9 }, ['/version', 'FIELD_UNKNOWN']],
  ] as const) {
    const refused = await gateway.call(MANAGER, 'PATCH', `/v1/sessions/${id}`, body);
    t.equal(refused.statusCode, 422, JSON.stringify(body));
    t.same(faultsOf(refused), [fault]);
  }
  t.equal((await gateway.call(MANAGER, 'GET', `/v1/sessions/${id}`)).json().version, 1);
});

t.test('custom fields are changed, cleared, and kept where the organisation dropped them', async (t) => {
  const gateway = await openGateway(t);
  const organisations = gateway.store.connection.collection('organisations');
  const setFields = (customFields: object[]) =>
    organisations.updateOne({ name: 'Example Schools' }, { $set: { customFields } });
  const field = { type: 'text', required: false, allowedValues: [] };
  const hall = { ...field, name: 'hall', label: 'Hall' };
  const grade = { ...field, name: 'grade', label: 'Grade', type: 'number', required: true };
  await setFields([hall, grade]);
  const id = await create(gateway, { custom: { hall: 'Hall 3', grade: 5 } });
  const edit = (custom: object) => gateway.call(MANAGER, 'PATCH', `/v1/sessions/${id}`, { custom });
  t.same((await edit({ grade: 6 })).json().custom, { hall: 'Hall 3', grade: 6 });
  t.same((await edit({ hall: null })).json().custom, { grade: 6 });
  t.same(faultsOf(await edit({ grade: null })), [['/custom/grade', 'FIELD_REQUIRED']]);
  t.same(faultsOf(await edit({ grade: 'six' })), [['/custom/grade', 'CUSTOM_FIELD_INVALID']]);
  await setFields([]);
  t.equal((await edit({ grade: 6 })).statusCode, 200, 'what is stored may be repeated');
  t.same(faultsOf(await edit({ grade: 7 })), [['/custom/grade', 'FIELD_INVALID']]);
});

t.test('a move obeys the slot rule; the own old slot does not count', async (t) => {
  const gateway = await openGateway(t);
  const { call } = gateway;
  const first = await create(gateway);
  const second = await create(gateway, { start: '2027-06-14T12:00:00Z' });
  const move = (id: string, start: string) => call(MANAGER, 'PATCH', `/v1/sessions/${id}`, { start });
  t.equal((await move(first, '2027-06-14T09:45:00Z')).statusCode, 200, 'over its own old slot');
  const refused = await move(first, '2027-06-14T11:00:00Z');
  t.equal(refused.statusCode, 409);
  t.match(refused.json(), {
    code: 'MENTOR_SLOT_TAKEN',
    detail:
      `Asha Rao already has a session from 17:30 to 18:30 IST on 14-06-2027 (${second}); ` +
      'next free time: 14-06-2027 18:31',
    errors: [
      {
        pointer: '/start',
        conflict: { sessionId: second, start: '2027-06-14T12:00:00Z', nextFree: '2027-06-14T13:01:00Z' },
      },
    ],
  });
  const longer = await call(MANAGER, 'PATCH', `/v1/sessions/${first}`, { durationMinutes: 135 });
  t.equal(longer.json().code, 'MENTOR_SLOT_TAKEN', 'an end that touches the next session');
  t.equal((await call(MANAGER, 'PATCH', `/v1/sessions/${first}`, { durationMinutes: 134 })).statusCode, 200);
  t.same(await brokenPromises(gateway.store), []);
});

t.test('once live only the meeting changes, once completed nothing, and neither is cancelled', async (t) => {
  const gateway = await openGateway(t);
  const { call, clock } = gateway;
  const id = await create(gateway);
  const tryAll = async () => {
    const answers = [
      await call(MANAGER, 'PATCH', `/v1/sessions/${id}`, { title: 'Too late' }),
      await call(MANAGER, 'PATCH', `/v1/sessions/${id}`, {
        meeting: { ...ZOOM, passcode: clock.now.toISOString() },
      }),
      await call(ASHA, 'PUT', `/v1/sessions/${id}/meeting`, { ...ZOOM, passcode: `${clock.now.getTime()}` }),
      await call(MANAGER, 'DELETE', `/v1/sessions/${id}`),
    ];
    return answers.map((answer) => (answer.statusCode < 300 ? answer.statusCode : answer.json().detail));
  };
  clock.now = new Date('2027-06-14T09:30:00Z');
  t.same(await tryAll(), ['A live session cannot be edited', 200, 200, 'A live session cannot be deleted']);
  clock.now = new Date('2027-06-14T10:30:01Z');
  t.same(await tryAll(), [
    'A completed session cannot be edited',
    'A completed session cannot be edited',
    'A completed session cannot be edited',
    'A completed session cannot be deleted',
  ]);
  const refused = await call(MANAGER, 'DELETE', `/v1/sessions/${id}`);
  t.equal(refused.statusCode, 409);
  t.equal(refused.json().code, 'SESSION_LOCKED');
});

t.test(
  'a cancelled session is kept, frees its slot, and is cancelled once however often it is asked',
  async (t) => {
    const gateway = await openGateway(t);
    const { call } = gateway;
    const id = await create(gateway);
    const gone = await call(MANAGER, 'DELETE', `/v1/sessions/${id}`);
    t.equal(gone.statusCode, 204);
    t.equal(gone.body, '');
    t.equal((await call(MANAGER, 'DELETE', `/v1/sessions/${id}`)).statusCode, 204);
    t.match((await call(MANAGER, 'GET', `/v1/sessions/${id}`)).json(), { status: 'CANCELLED', version: 2 });
    const late = await call(MANAGER, 'PATCH', `/v1/sessions/${id}`, { title: 'Too late' });
    t.equal(late.statusCode, 409);
    t.match(late.json(), { code: 'SESSION_LOCKED', detail: 'A cancelled session cannot be edited' });
    t.equal((await call(ASHA, 'PUT', `/v1/sessions/${id}/meeting`, ZOOM)).statusCode, 409);
    t.ok(await create(gateway), 'the same slot again');
    t.same(
      (await auditOf(gateway, id)).map(({ action }) => action),
      ['session.created', 'session.cancelled'],
    );
  },
);

t.test('a stale version is refused, as If-Match says it', async (t) => {
  const gateway = await openGateway(t);
  const { call } = gateway;
  const id = await create(gateway);
  const edit = (ifMatch: string, title: string) =>
    call(MANAGER, 'PATCH', `/v1/sessions/${id}`, { title }, { 'if-match': ifMatch });
  t.equal((await edit('"1"', 'Two')).statusCode, 200);
  for (const stale of ['"1"', 'W/"2"', '2', '"12"', '"x", W/"2"', '']) {
    const refused = await edit(stale, 'Stale');
    t.equal(refused.statusCode, 412, stale);
    t.equal(refused.json().code, 'PRECONDITION_FAILED');
  }
  t.equal((await edit('"1", "2"', 'Three')).statusCode, 200, 'one of a list is enough');
  t.equal((await edit('*', 'Four')).statusCode, 200);
  const remove = (ifMatch: string) =>
    call(MANAGER, 'DELETE', `/v1/sessions/${id}`, undefined, { 'if-match': ifMatch });
  t.equal((await remove('"3"')).statusCode, 412);
  t.equal((await remove('"4"')).statusCode, 204);
});

t.test("another organisation's session is not there, and other roles do not change sessions", async (t) => {
  const gateway = await openGateway(t);
  const { call } = gateway;
  const id = await create(gateway, { mentees: [MEERA] });
  const calls = [
    ['PATCH', `/v1/sessions/${id}`, { title: 'Mine' }],
    ['DELETE', `/v1/sessions/${id}`, undefined],
    ['PUT', `/v1/sessions/${id}/meeting`, ZOOM],
  ] as const;
  for (const [method, url, body] of calls) {
    t.equal((await call(STRANGER, method, url, body)).statusCode, 404, method);
    t.equal((await call(MEERA, method, url, body)).statusCode, 403, method);
    t.equal((await call('operator@example.org', method, url, body)).statusCode, 403, method);
    t.equal((await call(null, method, url, body)).statusCode, 401, method);
  }
  t.equal((await call(ASHA, 'PATCH', `/v1/sessions/${id}`, { title: 'Mine' })).statusCode, 403);
  t.equal((await call('vikram.shah@example.org', 'PUT', `/v1/sessions/${id}/meeting`, ZOOM)).statusCode, 404);
  for (const bad of ['$ne', '000000000000000000000000', `${id}0`, '%00', '__proto__']) {
    t.equal((await call(MANAGER, 'PATCH', `/v1/sessions/${bad}`, { title: 'x' })).statusCode, 404, bad);
  }
});

t.test('a body of another type is refused', async (t) => {
  const gateway = await openGateway(t);
  const id = await create(gateway);
  const send = (type: string, body: string) =>
    gateway.call(MANAGER, 'PATCH', `/v1/sessions/${id}`, body, { 'content-type': type });
  t.equal((await send('text/plain', '{"title":"x"}')).statusCode, 415);
  t.equal((await send('application/xml', '<title/>')).statusCode, 415);
  t.equal((await send('multipart/form-data; boundary=x', '--x--')).statusCode, 415);
  t.equal((await send('application/json', '{"title":')).statusCode, 400);
  t.equal((await send('application/json', '{"__proto__":{"title":"x"}}')).statusCode, 400);
  t.equal((await send('application/json', '[]')).statusCode, 422);
});

t.test('the meeting is replaced as a whole, by managers and the mentor', async (t) => {
  const gateway = await openGateway(t);
  const { call } = gateway;
  const id = await create(gateway, { mentees: [MEERA] });
  const put = (email: string, body: object) => call(email, 'PUT', `/v1/sessions/${id}/meeting`, body);
  const meeting = { ...ZOOM, meetingId: '84839928742', passcode: 'secret' };
  const byMentor = await put(ASHA, ZOOM);
  t.equal(byMentor.statusCode, 200);
  t.equal(byMentor.headers.etag, '"2"');
  t.strictSame(byMentor.json().meeting, meeting);
  t.equal((await put(MANAGER, ZOOM)).headers.etag, '"2"', 'the same again changes nothing');
  t.match((await put(MANAGER, { ...ZOOM, passcode: 'typed' })).json().meeting, { passcode: 'typed' });
  t.strictSame(
    (await put(MANAGER, ZOOM)).json().meeting,
    meeting,
    'what is left out is that of the link again',
  );
  t.strictSame((await put(MANAGER, {})).json().meeting, {
    ...{ platform: 'BBB', link: null, meetingId: null, passcode: null },
  });
  for (const [body, fault] of [
    [{ link: ZOOM.link }, ['/platform', 'MEETING_PLATFORM_MISSING']],
    [{ platform: 'BBB', link: ZOOM.link }, ['/link', 'MEETING_LINK_NOT_ALLOWED']],
    [{ platform: 'GOOGLE_MEET', link: ZOOM.link }, ['/link', 'MEETING_LINK_INVALID']],
    [{ platform: 'ZOOM', meetingId: 'abc' }, ['/meetingId', 'FIELD_INVALID']],
    [{ platform: 'TEAMS' }, ['/platform', 'FIELD_INVALID']],
    [{ url: 'x' }, ['/url', 'FIELD_UNKNOWN']],
  ] as const) {
    const refused = await put(ASHA, body);
    t.equal(refused.statusCode, 422);
    t.same(faultsOf(refused), [fault]);
  }
  const entries = await auditOf(gateway, id);
  t.match(entries[1], { action: 'session.updated', email: ASHA, fields: ['meeting'] });
  t.notMatch(JSON.stringify(entries), /secret|typed/, 'the log tells that, not what');
});
