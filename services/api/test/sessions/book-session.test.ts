import { brokenPromises } from '@mentorline/testkit';
import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const STRANGER = 'manager@other.example.net';
type Fault = { pointer: string; code: string; message: string; conflict?: object };
const faultsOf = (answer: { json(): { errors: Fault[] } }) =>
  answer.json().errors.map(({ pointer, code }) => [pointer, code]);

t.test('of two requests for one slot at once exactly one gets it, fifty times out of fifty', async (t) => {
  const { call, store } = await openGateway(t);
  for (let n = 0; n < 50; n += 1) {
    const start = new Date(Date.UTC(2027, 5, 14 + n, 9, 30)).toISOString();
    const answers = await Promise.all([
      call(MANAGER, 'POST', '/v1/sessions', sessionBody({ start, title: 'One' })),
      call('admin@example.org', 'POST', '/v1/sessions', sessionBody({ start, title: 'Other' })),
    ]);
    t.same(answers.map(({ statusCode }) => statusCode).sort(), [201, 409], `round ${n + 1}`);
    const [lost] = answers.filter(({ statusCode }) => statusCode === 409);
    const [won] = answers.filter(({ statusCode }) => statusCode === 201);
    t.match(lost!.json(), {
      code: 'MENTOR_SLOT_TAKEN',
      errors: [{ code: 'MENTOR_SLOT_TAKEN', conflict: { sessionId: won!.json().id } }],
    });
  }
  t.equal(await store.connection.collection('sessions').countDocuments(), 50);
  t.same(await brokenPromises(store), []);
});

t.test('a session that touches another is refused with who holds the slot and when it is free', async (t) => {
  const { call } = await openGateway(t);
  const first = await call(MANAGER, 'POST', '/v1/sessions', sessionBody());
  t.equal(first.statusCode, 201);
  const touching = sessionBody({ start: '2027-06-14T10:30:00Z', durationMinutes: 45 });
  const refused = await call(MANAGER, 'POST', '/v1/sessions', touching);
  t.equal(refused.statusCode, 409);
  const message =
    `Asha Rao already has a session from 15:00 to 16:00 IST on 14-06-2027 (${first.json().id}); ` +
    'next free time: 14-06-2027 16:01';
  t.match(refused.json(), {
    code: 'MENTOR_SLOT_TAKEN',
    detail: message,
    errors: [
      {
        pointer: '/start',
        code: 'MENTOR_SLOT_TAKEN',
        message,
        conflict: {
          sessionId: first.json().id,
          start: '2027-06-14T09:30:00Z',
          end: '2027-06-14T10:30:00Z',
          nextFree: '2027-06-14T10:31:00Z',
        },
      },
    ],
  });
  const later = sessionBody({ start: '2027-06-14T10:31:00Z', durationMinutes: 45 });
  t.equal((await call(MANAGER, 'POST', '/v1/sessions', later)).statusCode, 201, 'a minute later is fine');

  const both = await call(MANAGER, 'POST', '/v1/sessions', { ...touching, title: '' });
  t.equal(both.statusCode, 422, 'with another fault it is one of several');
  t.same(faultsOf(both), [
    ['/title', 'FIELD_REQUIRED'],
    ['/start', 'MENTOR_SLOT_TAKEN'],
  ]);
});

t.test(
  "a shared mentor's slot is kept across organisations, without telling about the other's session",
  async (t) => {
    const { call, store, organisation, otherOrganisation } = await openGateway(t);
    const stranger = await call(STRANGER, 'POST', '/v1/sessions', sessionBody());
    t.same(faultsOf(stranger), [['/mentor', 'USER_NOT_FOUND']], 'an organisation does not see all mentors');

    await store.organisations.relateOrganisations(organisation.id, otherOrganisation.id);
    const mine = await call(MANAGER, 'POST', '/v1/sessions', sessionBody());
    const refused = await call(STRANGER, 'POST', '/v1/sessions', sessionBody());
    t.equal(refused.statusCode, 409);
    t.match(refused.json(), { errors: [{ conflict: { sessionId: null, start: '2027-06-14T09:30:00Z' } }] });
    t.notMatch(refused.body, new RegExp(mine.json().id));
  },
);

t.test('every fault is told at once, each under its field', async (t) => {
  const { call, store } = await openGateway(t);
  const answer = await call(MANAGER, 'POST', '/v1/sessions', {
    title: 'tab\there',
    type: 'PRIVATE',
    mentor: 'meera.iyer@example.org',
    start: '2027-05-31T23:59:00Z',
    end: '2027-06-01T00:28:00Z',
    timeZone: 'Mars/Phobos',
    recommendedFor: [],
    categories: ['x'.repeat(256)],
    meeting: { platform: 'ZOOM', link: 'http://zoom.us/j/1', meetingId: 'abc' },
    custom: { grade: 5 },
  });
  t.equal(answer.statusCode, 422);
  t.same(faultsOf(answer).sort(), [
    ['/categories', 'FIELD_TOO_LONG'],
    ['/custom/grade', 'FIELD_INVALID'],
    ['/description', 'FIELD_REQUIRED'],
    ['/end', 'DURATION_TOO_SHORT'],
    ['/medium', 'FIELD_REQUIRED'],
    ['/meeting/link', 'MEETING_LINK_INVALID'],
    ['/meeting/meetingId', 'FIELD_INVALID'],
    ['/mentees', 'MENTEES_REQUIRED'],
    ['/mentor', 'NOT_A_MENTOR'],
    ['/recommendedFor', 'FIELD_REQUIRED'],
    ['/start', 'START_IN_PAST'],
    ['/timeZone', 'FIELD_INVALID'],
    ['/title', 'FIELD_INVALID'],
  ]);
  t.equal(await store.connection.collection('sessions').countDocuments(), 0);
  t.equal(await store.connection.collection('options').countDocuments(), 0, 'and nothing is kept');
});

t.test('an empty body names what is mandatory', async (t) => {
  const { call } = await openGateway(t);
  const answer = await call(MANAGER, 'POST', '/v1/sessions', {});
  t.equal(answer.statusCode, 422);
  t.same(
    faultsOf(answer).map(([pointer]) => pointer),
    [
      '/title',
      '/description',
      '/type',
      '/mentor',
      '/start',
      '/end',
      '/recommendedFor',
      '/categories',
      '/medium',
    ],
  );
  t.ok(faultsOf(answer).every(([, code]) => code === 'FIELD_REQUIRED'));
});

t.test('end and duration may come alone or together, but must agree', async (t) => {
  const { call } = await openGateway(t);
  const post = (more: object) => {
    const { durationMinutes: _, ...body } = sessionBody();
    return call(MANAGER, 'POST', '/v1/sessions', { ...body, ...more });
  };
  const byEnd = await post({ end: '2027-06-14T16:00:00+05:30' });
  t.match(byEnd.json(), { start: '2027-06-14T09:30:00Z', end: '2027-06-14T10:30:00Z', durationMinutes: 60 });
  const agreed = await post({
    start: '2027-06-15T09:30:00Z',
    end: '2027-06-15T10:30:00Z',
    durationMinutes: 60,
  });
  t.equal(agreed.statusCode, 201);
  const torn = await post({
    start: '2027-06-16T09:30:00Z',
    end: '2027-06-16T10:30:00Z',
    durationMinutes: 61,
  });
  t.same(faultsOf(torn), [['/durationMinutes', 'FIELD_INVALID']]);
  const seconds = await post({ start: '2027-06-17T09:30:30Z', durationMinutes: 60 });
  t.same(faultsOf(seconds), [['/start', 'FIELD_INVALID']]);
  const local = await post({ start: '2027-06-17T09:30:00', durationMinutes: 60 });
  t.same(faultsOf(local), [['/start', 'FIELD_INVALID']], 'a time without an offset is no instant');
});

t.test('people may be named by id or address, options by label or value', async (t) => {
  const { call, users } = await openGateway(t);
  const [asha, meera] = ['asha.rao@example.org', 'meera.iyer@example.org'].map(
    (email) => users.get(email)!.id,
  );
  const first = await call(
    MANAGER,
    'POST',
    '/v1/sessions',
    sessionBody({
      type: 'PRIVATE',
      mentor: asha,
      mentees: [meera, 'Arjun.Nair@example.org'],
      recommendedFor: ['Block education officer'],
      meeting: { platform: 'ZOOM', link: 'https://us02web.zoom.us/j/84839928742?pwd=abc' },
    }),
  );
  t.equal(first.statusCode, 201);
  t.match(first.json(), {
    mentor: { id: asha, name: 'Asha Rao', email: 'asha.rao@example.org' },
    mentees: [
      { id: meera, name: 'Meera Iyer', enrolment: 'invited' },
      { email: 'arjun.nair@example.org', enrolment: 'invited' },
    ],
    seats: { limit: 5, taken: 2 },
    recommendedFor: [{ value: 'block_education_officer', label: 'Block education officer' }],
    meeting: { platform: 'ZOOM', meetingId: '84839928742', passcode: 'abc' },
  });
  const second = await call(
    MANAGER,
    'POST',
    '/v1/sessions',
    sessionBody({ start: '2027-06-15T09:30:00Z', recommendedFor: [' BLOCK_EDUCATION_officer '] }),
  );
  t.same(second.json().recommendedFor, [
    { value: 'block_education_officer', label: 'Block education officer' },
  ]);

  const twice = sessionBody({
    mentees: [meera, 'meera.iyer@example.org', asha],
    start: '2027-06-16T09:30:00Z',
  });
  t.same(faultsOf(await call(MANAGER, 'POST', '/v1/sessions', twice)), [
    ['/mentees', 'FIELD_INVALID'],
    ['/mentees', 'MENTOR_IS_MENTEE'],
  ]);
});

t.test("an organisation's own fields are read, and the required ones asked for", async (t) => {
  const { call, store } = await openGateway(t);
  const customFields = [
    { name: 'grade', label: 'Grade', type: 'number', required: true, allowedValues: [] },
    { name: 'online', label: 'Online', type: 'boolean', required: false, allowedValues: [] },
  ];
  await store.connection
    .collection('organisations')
    .updateOne({ name: 'Example Schools' }, { $set: { customFields } });
  const custom = { grade: 5, online: true };
  const made = await call(MANAGER, 'POST', '/v1/sessions', sessionBody({ custom }));
  t.same(made.json().custom, custom);
  const missing = sessionBody({ start: '2027-06-15T09:30:00Z' });
  t.same(faultsOf(await call(MANAGER, 'POST', '/v1/sessions', missing)), [
    ['/custom/grade', 'FIELD_REQUIRED'],
  ]);
});
