import ICAL from 'ical.js';
import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const STRANGER = 'manager@other.example.net';
const ASHA = 'asha.rao@example.org';
const MEERA = 'meera.iyer@example.org';
const ARJUN = 'arjun.nair@example.org';

const gateway = await openGateway(t, { env: { MAIL_DOMAIN: 'mentor.example.org' } });
const { call, users, store, organisation, otherOrganisation } = gateway;
const create = async (more: Record<string, unknown> = {}, email = MANAGER): Promise<string> => {
  const answer = await call(email, 'POST', '/v1/sessions', sessionBody(more));
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json().id;
};
const id = await create({
  mentees: [MEERA],
  meeting: { platform: 'ZOOM', link: 'https://zoom.us/j/84839928742?pwd=secret' },
});

t.test('whoever may see a session gets it as an event, the passcode only with a seat in it', async (t) => {
  const url = `/v1/sessions/${id}/calendar.ics`;
  for (const email of [MANAGER, ASHA, MEERA, ARJUN]) {
    const answer = await call(email, 'GET', url);
    t.equal(answer.statusCode, 200, email);
    t.equal(answer.headers['content-type'], 'text/calendar; charset=utf-8');
    t.match(answer.headers['content-disposition'], `attachment; filename="session-${id}.ics"`);
    const event = new ICAL.Component(ICAL.parse(answer.body)).getFirstSubcomponent('vevent')!;
    t.equal(event.getFirstPropertyValue('uid'), `${id}@mentor.example.org`);
    const told = answer.body.replaceAll('\r\n ', '');
    if (email === ARJUN) t.notMatch(told, /secret/);
    else t.match(told, /Passcode: secret/);
    t.notMatch(told, /meera|arjun/i, 'other mentees stay unnamed');
  }
  t.equal((await call(STRANGER, 'GET', url)).statusCode, 404);
  t.equal((await call('operator@example.org', 'GET', url)).statusCode, 403);
});

const slotsOf = (query: string, email = MANAGER, mentor = ASHA) =>
  call(email, 'GET', `/v1/mentors/${users.get(mentor)!.id}/slots${query}`);
const MONDAY = '?from=2027-06-13T18:30:00Z&to=2027-06-14T18:30:00Z';

t.test('the slots of a mentor are busy where there are sessions, and free in working hours', async (t) => {
  const answer = await slotsOf(MONDAY);
  t.equal(answer.statusCode, 200);
  t.strictSame(answer.json(), {
    mentor: { id: users.get(ASHA)!.id, name: 'Asha Rao', email: ASHA },
    from: '2027-06-13T18:30:00Z',
    to: '2027-06-14T18:30:00Z',
    timeZone: 'Asia/Kolkata',
    slotGapMinutes: 0,
    busy: [
      {
        start: '2027-06-14T09:30:00Z',
        end: '2027-06-14T10:30:00Z',
        sessionId: id,
        title: 'Leading a school',
      },
    ],
    free: [
      { start: '2027-06-14T02:30:00Z', end: '2027-06-14T09:29:00Z' },
      { start: '2027-06-14T10:31:00Z', end: '2027-06-14T14:30:00Z' },
    ],
  });
  const part = (await slotsOf('?from=2027-06-14T10:00:00Z&to=2027-06-14T11:00:00Z')).json();
  t.equal(part.busy.length, 1, 'also of a session that began before');
  t.same(part.free, [], 'twenty-nine minutes are too short');
  const week = (await slotsOf('')).json();
  t.same([week.from, week.to], ['2027-06-01T00:00:00Z', '2027-06-08T00:00:00Z']);
  t.equal(week.free.length, 7);
});

t.test('a session that fills a free time is taken, one that is a minute longer is not', async (t) => {
  for (const { start, end } of (await slotsOf(MONDAY)).json().free) {
    const { durationMinutes: _, ...body } = sessionBody({ start, end });
    const longer = new Date(Date.parse(start) - 60_000).toISOString();
    const check = async (more: object) =>
      (await call(MANAGER, 'POST', '/v1/sessions/check', { ...body, ...more })).json();
    t.match(await check({}), { ok: true });
    if (start > '2027-06-14T10')
      t.match(await check({ start: longer }), { errors: [{ code: 'MENTOR_SLOT_TAKEN' }] });
  }
});

t.test("another organisation's sessions show as busy, without what they are", async (t) => {
  t.equal((await slotsOf(MONDAY, STRANGER)).statusCode, 404, 'a mentor it does not see');
  await store.organisations.relateOrganisations(organisation.id, otherOrganisation.id);
  const answer = await slotsOf(MONDAY, STRANGER);
  t.equal(answer.statusCode, 200);
  t.strictSame(answer.json().busy, [
    { start: '2027-06-14T09:30:00Z', end: '2027-06-14T10:30:00Z', sessionId: null, title: null },
  ]);
  t.notMatch(answer.body, new RegExp(`${id}|Leading`));
});

t.test('only a manager asks, for a mentor, and for a span that can be shown', async (t) => {
  for (const email of [ASHA, MEERA, 'operator@example.org']) {
    t.equal((await slotsOf(MONDAY, email)).statusCode, 403, email);
  }
  t.equal((await slotsOf(MONDAY, MANAGER, MEERA)).statusCode, 404, 'a mentee is no mentor');
  t.equal((await call(MANAGER, 'GET', '/v1/mentors/asha/slots')).statusCode, 404);
  for (const [query, pointer] of [
    ['?from=2027-06-14T00:00:00Z&to=2027-06-14T00:00:00Z', '/to'],
    ['?from=2027-06-14T00:00:00Z&to=2027-06-13T00:00:00Z', '/to'],
    ['?from=2027-06-14T00:00:00Z&to=2027-08-15T00:00:01Z', '/to'],
    ['?from=monday', '/from'],
    ['?form=2027-06-14T00:00:00Z', '/form'],
  ] as const) {
    const refused = await slotsOf(query);
    t.equal(refused.statusCode, 422, query);
    t.match(refused.json(), { errors: [{ pointer }] });
  }
  t.equal((await slotsOf('?from=2027-06-14T00:00:00Z&to=2027-08-15T00:00:00Z')).statusCode, 200, '62 days');
  t.equal((await slotsOf('?from=9999-12-31T00:00:00Z')).json().to, '9999-12-31T23:59:59Z', 'the end of time');
});
