import { brokenPromises } from '@mentorline/testkit';
import t from 'tap';
import { type Gateway, openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const STRANGER = 'manager@other.example.net';
const ASHA = 'asha.rao@example.org';
const MEERA = 'meera.iyer@example.org';
const ARJUN = 'arjun.nair@example.org';

async function create({ call }: Gateway, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await call(MANAGER, 'POST', '/v1/sessions', sessionBody(more));
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json().id;
}

/** Makes mentees, and lets the gateway's `call` know them. */
async function addMentees({ store, users, organisation }: Gateway, count: number): Promise<string[]> {
  const emails = Array.from({ length: count }, (_, n) => `mentee${n}@example.org`);
  await store.users.createUsers(
    emails.map((email) => ({ organisationId: organisation.id, email, name: email, roles: ['mentee'] })),
  );
  for (const user of await store.users.listUsers(organisation.id)) {
    (users as Map<string, typeof user>).set(user.email, user);
  }
  return emails;
}

const seatOf = ({ users }: Gateway, id: string, email: string) =>
  `/v1/sessions/${id}/mentees/${users.get(email)!.id}`;

t.test('a hundred requests at once for five seats: exactly five get one', async (t) => {
  const gateway = await openGateway(t);
  const id = await create(gateway);
  const emails = await addMentees(gateway, 100);
  const answers = await Promise.all(
    emails.map((email) => gateway.call(email, 'PUT', seatOf(gateway, id, email))),
  );
  const codes = answers.map(({ statusCode }) => statusCode);
  t.equal(codes.filter((code) => code === 201).length, 5);
  t.equal(codes.filter((code) => code === 409).length, 95);
  const [full] = answers.filter(({ statusCode }) => statusCode === 409);
  t.match(full!.json(), { code: 'SEATS_FULL', detail: 'Session seats full: only 5 mentees are allowed' });
  const session = (await gateway.call(MANAGER, 'GET', `/v1/sessions/${id}`)).json();
  t.match(session, { version: 6, seats: { limit: 5, taken: 5 } });
  t.equal(new Set(session.mentees.map((mentee: { id: string }) => mentee.id)).size, 5);
  const audit = gateway.store.connection.collection('auditLog');
  t.equal(await audit.countDocuments({ action: 'session.mentee-added' }), 5);
  t.same(await brokenPromises(gateway.store), []);
});

t.test('joining and leaving at once keeps every seat counted', async (t) => {
  const gateway = await openGateway(t);
  const id = await create(gateway);
  const emails = await addMentees(gateway, 12);
  await Promise.all(
    emails.map(async (email) => {
      const seat = seatOf(gateway, id, email);
      await gateway.call(email, 'PUT', seat);
      t.equal((await gateway.call(email, 'DELETE', seat)).statusCode, 204);
    }),
  );
  const session = (await gateway.call(MANAGER, 'GET', `/v1/sessions/${id}`)).json();
  t.match(session, { seats: { taken: 0 }, mentees: [] });
  const audit = gateway.store.connection.collection('auditLog');
  const added = await audit.countDocuments({ action: 'session.mentee-added' });
  t.equal(await audit.countDocuments({ action: 'session.mentee-removed' }), added);
  t.equal(session.version, 1 + 2 * added);
});

t.test('a mentee enrols itself and leaves again; both may be repeated', async (t) => {
  const gateway = await openGateway(t);
  const { call, users } = gateway;
  const meeting = { platform: 'ZOOM', link: 'https://zoom.us/j/84839928742?pwd=secret' };
  const id = await create(gateway, { meeting });
  const seat = seatOf(gateway, id, MEERA);
  const outside = await call(MEERA, 'GET', `/v1/sessions/${id}`);
  t.notMatch(outside.body, /secret/);
  const joined = await call(MEERA, 'PUT', seat);
  t.equal(joined.statusCode, 201);
  t.equal(joined.headers.etag, '"2"');
  t.match(joined.json(), {
    version: 2,
    seats: { limit: 5, taken: 1 },
    mentees: [{ id: users.get(MEERA)!.id, email: MEERA, enrolment: 'self' }],
    meeting: { passcode: 'secret' },
  });
  const again = await call(MEERA, 'PUT', seat);
  t.equal(again.statusCode, 200);
  t.equal(again.headers.etag, '"2"');
  t.equal(
    (await call(MANAGER, 'PUT', seat)).json().mentees[0].enrolment,
    'self',
    'a manager changes nothing of it',
  );

  t.equal((await call(MEERA, 'DELETE', seat)).statusCode, 204);
  t.equal((await call(MEERA, 'DELETE', seat)).statusCode, 204);
  t.match((await call(MEERA, 'GET', `/v1/sessions/${id}`)).json(), {
    ...{ version: 3, mentees: [], meeting: { passcode: null } },
  });
});

t.test('a manager seats anyone whom the organisation can see, and a private session keeps one', async (t) => {
  const gateway = await openGateway(t);
  const { call, users } = gateway;
  const id = await create(gateway, { type: 'PRIVATE', mentees: [MEERA] });
  const put = (email: string) => call(MANAGER, 'PUT', seatOf(gateway, id, email));
  const added = await put(ARJUN);
  t.equal(added.statusCode, 201);
  t.match(added.json().mentees[1], { email: ARJUN, enrolment: 'invited' });
  const mentor = await put(ASHA);
  t.equal(mentor.statusCode, 422);
  t.match(mentor.json().errors, [{ code: 'MENTOR_IS_MENTEE' }]);
  t.equal((await put('lena.berg@other.example.net')).statusCode, 404, "nobody of another organisation's");
  t.equal((await call(MANAGER, 'PUT', `/v1/sessions/${id}/mentees/${id}`)).statusCode, 404);
  for (const bad of ['me', '$ne', MEERA]) {
    t.equal((await call(MANAGER, 'PUT', `/v1/sessions/${id}/mentees/${bad}`)).statusCode, 404, bad);
  }

  t.equal((await call(MANAGER, 'DELETE', seatOf(gateway, id, MEERA))).statusCode, 204);
  const last = await call(MANAGER, 'DELETE', seatOf(gateway, id, ARJUN));
  t.equal(last.statusCode, 422);
  t.match(last.json(), {
    detail: 'A private session needs at least one mentee',
    errors: [{ code: 'MENTEES_REQUIRED' }],
  });
  const audit = await gateway.store.connection
    .collection('auditLog')
    .find({ 'target.id': id })
    .sort({ _id: 1 })
    .toArray();
  t.match(audit.slice(1), [
    {
      action: 'session.mentee-added',
      email: MANAGER,
      userId: { toHexString: Function },
      fields: ['mentees'],
    },
    { action: 'session.mentee-removed' },
  ]);
  t.equal(audit[1]!.userId.toHexString(), users.get(MANAGER)!.id);
});

t.test('whom it does not concern may not change seats', async (t) => {
  const gateway = await openGateway(t);
  const { call } = gateway;
  const open = await create(gateway);
  const closed = await create(gateway, { type: 'PRIVATE', mentees: [MEERA], start: '2027-06-15T09:30:00Z' });
  for (const method of ['PUT', 'DELETE'] as const) {
    const status = async (email: string | null, id: string, whose: string) =>
      (await call(email, method, seatOf(gateway, id, whose))).statusCode;
    t.equal(await status(MEERA, open, ARJUN), 403, 'another mentee');
    t.equal(await status(MEERA, closed, MEERA), 403, 'itself in a private session');
    t.equal(await status(ARJUN, closed, ARJUN), 404, 'a private session that does not hold it');
    t.equal(await status(ASHA, open, MEERA), 403, 'the mentor');
    t.equal(await status(STRANGER, open, MEERA), 404, 'another organisation');
    t.equal(await status('operator@example.org', open, MEERA), 403);
    t.equal(await status(null, open, MEERA), 401);
  }
});

t.test('seats are taken and freed until the session is live', async (t) => {
  const gateway = await openGateway(t);
  const { call, clock } = gateway;
  const id = await create(gateway, { mentees: [ARJUN] });
  clock.now = new Date('2027-06-14T09:29:59Z');
  t.equal((await call(MEERA, 'PUT', seatOf(gateway, id, MEERA))).statusCode, 201);
  for (const [time, status] of [
    ['2027-06-14T09:30:00Z', 'live'],
    ['2027-06-14T10:30:01Z', 'completed'],
  ] as const) {
    clock.now = new Date(time);
    const late = await call(MANAGER, 'PUT', seatOf(gateway, id, 'vikram.shah@example.org'));
    t.match(late.json(), {
      status: 409,
      code: 'SESSION_LOCKED',
      detail: `A ${status} session cannot be joined`,
    });
    const leaving = await call(MEERA, 'DELETE', seatOf(gateway, id, MEERA));
    t.match(leaving.json(), { status: 409, detail: `A ${status} session cannot be left` });
  }
});

t.test(
  'a mentee of a related organisation may enrol, and its organisation learns nothing of the rest',
  async (t) => {
    const gateway = await openGateway(t);
    const { call, store, users, organisation, otherOrganisation } = gateway;
    const email = 'guest@other.example.net';
    const guest = await store.users.createUser({
      ...{ organisationId: otherOrganisation.id, email, name: 'Guest', roles: ['mentee'] },
    });
    (users as Map<string, typeof guest>).set(email, guest);
    const id = await create(gateway);
    t.equal((await call(email, 'PUT', seatOf(gateway, id, email))).statusCode, 404);
    await store.organisations.relateOrganisations(organisation.id, otherOrganisation.id);
    t.equal((await call(email, 'PUT', seatOf(gateway, id, email))).statusCode, 201);
    t.equal((await call(STRANGER, 'GET', `/v1/sessions/${id}`)).statusCode, 404);
    const entry = await store.connection.collection('auditLog').findOne({ action: 'session.mentee-added' });
    t.equal(
      entry!.organisationId.toHexString(),
      organisation.id,
      "it stands in the log of the session's organisation",
    );
  },
);

t.test('the mentees of a session are listed by name, and as a CSV that is safe to open', async (t) => {
  const gateway = await openGateway(t);
  const { call, users } = gateway;
  await gateway.store.connection.collection('users').updateOne({ email: ARJUN }, { $set: { name: '=1+1' } });
  const id = await create(gateway, { mentees: [MEERA] });
  await call(ARJUN, 'PUT', seatOf(gateway, id, ARJUN));
  const mentees = [
    {
      ...{ id: users.get(ARJUN)!.id, name: '=1+1', email: ARJUN },
      ...{ designation: 'Teacher', enrolment: 'self' },
    },
    {
      ...{ id: users.get(MEERA)!.id, name: 'Meera Iyer', email: MEERA },
      ...{ designation: 'Teacher', enrolment: 'invited' },
    },
  ];
  const list = `/v1/sessions/${id}/mentees`;
  for (const email of [MANAGER, ASHA]) {
    t.strictSame((await call(email, 'GET', list)).json(), { items: mentees, nextCursor: null, total: 2 });
  }
  const first = (await call(MANAGER, 'GET', `${list}?limit=1`)).json();
  const second = (await call(MANAGER, 'GET', `${list}?limit=1&cursor=${first.nextCursor}`)).json();
  t.strictSame([first.items, second.items].flat(), mentees);
  t.equal(second.nextCursor, null);

  const csv = await call(ASHA, 'GET', `${list}.csv`);
  t.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
  t.match(csv.headers['content-disposition'], /attachment; filename="session-.*-mentees\.csv"/);
  t.equal(
    csv.body,
    '\uFEFFName,Email,Designation,Enrolment\r\n' +
      `'=1+1,${ARJUN},Teacher,Self\r\nMeera Iyer,${MEERA},Teacher,Invited\r\n`,
  );
  for (const path of [list, `${list}.csv`]) {
    t.equal((await call(STRANGER, 'GET', path)).statusCode, 404);
    t.equal((await call('vikram.shah@example.org', 'GET', path)).statusCode, 404);
    t.equal((await call(MEERA, 'GET', path)).statusCode, 403);
  }
});
