import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';
import { IMAGES } from '../sessions/images.ts';

const gateway = await openGateway(t);
const { client, clock, users } = gateway;
const manager = client('manager@example.org');
const mentor = client('asha.rao@example.org');
const mentee = client('meera.iyer@example.org');
const MENTOR_ID = users.get('asha.rao@example.org')!.id;
const MENTEE_ID = users.get('meera.iyer@example.org')!.id;

t.test('what a form needs is told before anything is filled in', async (t) => {
  const { data: form } = await manager.GET('/v1/forms/session');
  const title = form?.fields.find(({ pointer }) => pointer === '/title');
  t.match(title, { kind: 'text', required: true, maxLength: 255 });
  const query = { role: 'mentor' as const, search: 'ash' };
  const { data: mentors } = await manager.GET('/v1/users', { params: { query } });
  t.match(mentors, { items: [{ id: MENTOR_ID, name: 'Asha Rao' }], total: 1, nextCursor: null });
  const path = { list: 'categories' as const };
  const added = await manager.POST('/v1/options/{list}', { params: { path }, body: { label: 'Listening' } });
  t.equal(added.response.status, 201);
  const { data: categories } = await manager.GET('/v1/options/{list}', { params: { path } });
  t.ok(categories?.items.some(({ label, value }) => label === 'Listening' && value === added.data?.value));
});

t.test(
  'a session is made, changed, filled, held and over, and everybody sees of it what is theirs',
  async (t) => {
    const body = sessionBody({ categories: ['Listening'] });
    const { data: trial } = await manager.POST('/v1/sessions/check', { body });
    t.match(trial, {
      ok: true,
      errors: [],
      newOptions: [{ label: 'Teachers' }, { label: 'English' }],
      note: null,
    });

    const header = { 'idempotency-key': 'one-session' };
    const created = await manager.POST('/v1/sessions', { body, params: { header } });
    t.equal(created.response.status, 201);
    const { id } = created.data!;
    const path = { id };
    t.equal(created.response.headers.get('location'), `/v1/sessions/${id}`);
    const again = await manager.POST('/v1/sessions', { body, params: { header } });
    t.same(again.data, created.data);
    t.equal(again.response.headers.get('idempotency-replayed'), 'true');

    const taken = await manager.POST('/v1/sessions', { body });
    t.equal(taken.response.status, 409);
    t.match(taken.error, { code: 'MENTOR_SLOT_TAKEN', errors: [{ conflict: { sessionId: id } }] });

    const ifMatch = created.response.headers.get('etag')!;
    const edit = (title: string, version: string) =>
      manager.PATCH('/v1/sessions/{id}', {
        params: { path, header: { 'if-match': version } },
        body: { title },
      });
    const edited = await edit('Listening to parents', ifMatch);
    t.match(edited.data, { id, version: 2, title: 'Listening to parents' });
    t.equal(edited.response.headers.get('etag'), '"2"');
    t.match((await edit('Too late', ifMatch)).error, { code: 'PRECONDITION_FAILED' });

    const meeting = await mentor.PUT('/v1/sessions/{id}/meeting', {
      params: { path },
      body: { platform: 'ZOOM', link: 'https://us02web.zoom.us/j/123?pwd=abc' },
    });
    t.match(meeting.data?.meeting, { platform: 'ZOOM', meetingId: '123', passcode: 'abc' });

    const image = new Blob([new Uint8Array(IMAGES.jpeg)], { type: 'image/jpeg' });
    const put = await manager.PUT('/v1/sessions/{id}/image', { params: { path }, body: { image } });
    t.equal(put.response.status, 201);
    const { data: shown } = await mentee.GET('/v1/sessions/{id}/image', {
      params: { path },
      parseAs: 'arrayBuffer',
    });
    t.same(Buffer.from(shown!), IMAGES.jpeg);

    t.equal((await mentee.GET('/v1/sessions/{id}', { params: { path } })).data?.meeting.passcode, null);
    const seat = { params: { path: { id, userId: MENTEE_ID } } };
    t.match((await mentee.PUT('/v1/sessions/{id}/mentees/{userId}', seat)).data, { seats: { taken: 1 } });
    t.equal((await mentee.GET('/v1/sessions/{id}', { params: { path } })).data?.meeting.passcode, 'abc');
    const { data: seated } = await mentor.GET('/v1/sessions/{id}/mentees', { params: { path } });
    t.match(seated, { items: [{ id: MENTEE_ID, enrolment: 'self' }], total: 1 });

    const event = await mentee.GET('/v1/sessions/{id}/calendar.ics', { params: { path }, parseAs: 'text' });
    t.match(event.data, /SUMMARY:Listening to parents/);
    const slots = await manager.GET('/v1/mentors/{id}/slots', {
      params: { path: { id: MENTOR_ID }, query: {} },
    });
    t.same(slots.data?.busy, []);
    const query = { from: '2027-06-14T00:00:00Z', to: '2027-06-15T00:00:00Z' };
    const day = await manager.GET('/v1/mentors/{id}/slots', { params: { path: { id: MENTOR_ID }, query } });
    t.match(day.data?.busy, [{ sessionId: id, title: 'Listening to parents' }]);

    const list = async (status: 'PUBLISHED' | 'LIVE' | 'COMPLETED') =>
      (await mentee.GET('/v1/sessions', { params: { query: { status, search: 'listen' } } })).data?.total;
    t.equal(await list('PUBLISHED'), 1);
    clock.now = new Date('2027-06-14T09:45:00Z');
    t.equal(await list('LIVE'), 1);
    const leaving = await mentee.DELETE('/v1/sessions/{id}/mentees/{userId}', seat);
    t.match(leaving.error, { status: 409, code: 'SESSION_LOCKED' });
    clock.now = new Date('2027-06-14T11:00:00Z');
    t.equal(await list('COMPLETED'), 1);
  },
);

t.test('a session is cancelled, still shown, and its slot is free', async (t) => {
  const body = sessionBody({ start: '2027-06-20T09:30:00Z' });
  const { data } = await manager.POST('/v1/sessions', { body });
  const path = { id: data!.id };
  t.equal((await manager.DELETE('/v1/sessions/{id}', { params: { path } })).response.status, 204);
  t.match((await manager.GET('/v1/sessions/{id}', { params: { path } })).data, { status: 'CANCELLED' });
  t.equal((await manager.POST('/v1/sessions', { body })).response.status, 201);
  const { data: cancelled } = await manager.GET('/v1/sessions', {
    params: { query: { status: 'CANCELLED' } },
  });
  t.match(cancelled, { items: [{ id: data!.id }], total: 1 });
});
