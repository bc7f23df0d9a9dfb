import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const gateway = await openGateway(t);
const { client, store } = gateway;
const admin = client('admin@example.org');
const anyone = client(null);
const EMAIL = 'nisha.verma@example.org';
const PASSWORD = 'correct horse battery staple';
const bearer = (accessToken: string) => ({ headers: { authorization: `Bearer ${accessToken}` } });

async function mailedToken(): Promise<string> {
  const mails = await store.connection.collection('mails').find().sort({ _id: 1 }).toArray();
  return mails.at(-1)?.account.token;
}

t.test('a person is invited, signs in, becomes somebody else, and leaves', async (t) => {
  const body = { name: 'Nisha Verma', email: EMAIL, roles: ['mentee' as const], designation: 'Teacher' };
  const created = await admin.POST('/v1/users', { body });
  t.equal(created.response.status, 201);
  const { id } = created.data!;
  t.equal(created.response.headers.get('location'), `/v1/users/${id}`);
  const taken = await admin.POST('/v1/users', { body });
  t.match(taken.error, { status: 409, code: 'EMAIL_TAKEN' });

  const credentials = { email: EMAIL, password: PASSWORD };
  t.match((await anyone.POST('/v1/auth/login', { body: credentials })).error, {
    code: 'CREDENTIALS_INVALID',
  });
  const set = { token: await mailedToken(), password: PASSWORD };
  t.equal((await anyone.POST('/v1/auth/password-reset/confirm', { body: set })).response.status, 204);
  const { data: access } = await anyone.POST('/v1/auth/login', { body: credentials });
  const { data: me } = await anyone.GET('/v1/me', bearer(access!.accessToken));
  t.match(me, { id, name: 'Nisha Verma', roles: ['mentee'] });

  const { refreshToken } = access!;
  const refreshed = await anyone.POST('/v1/auth/refresh', { body: { refreshToken } });
  t.equal(refreshed.response.status, 200);
  const change = { roles: ['mentor' as const], designation: null };
  const changed = await admin.PATCH('/v1/users/{id}', { params: { path: { id } }, body: change });
  t.match(changed.data, { roles: ['mentor'], designation: null, active: true });
  t.match((await anyone.GET('/v1/me', bearer(access!.accessToken))).data, { roles: ['mentor'] }, 'at once');
  const query = { role: 'mentor' as const, search: 'nisha', sort: '-name' as const };
  t.match((await admin.GET('/v1/users', { params: { query } })).data, { items: [{ id }], total: 1 });

  const out = { body: { refreshToken: refreshed.data!.refreshToken } };
  t.equal((await anyone.POST('/v1/auth/logout', out)).response.status, 204);
  t.match((await anyone.POST('/v1/auth/refresh', out)).error, { code: 'REFRESH_TOKEN_INVALID' });
  const removed = await admin.DELETE('/v1/users/{id}', { params: { path: { id } } });
  t.same(removed.data, { outcome: 'deleted' });
  t.equal((await admin.GET('/v1/users/{id}', { params: { path: { id } } })).response.status, 404);
  t.equal((await anyone.GET('/v1/me', bearer(access!.accessToken))).response.status, 401);

  const { data: audit } = await admin.GET('/v1/audit', { params: { query: { target: id, limit: 100 } } });
  t.same(audit?.items.map(({ action }) => action).reverse(), [
    ...['user.created', 'user.invited', 'account.sign-in-failed', 'account.activated', 'account.signed-in'],
    ...['user.updated', 'account.signed-out', 'user.deleted'],
  ]);
});

t.test('an organisation decides for itself, and its form says so', async (t) => {
  const read = await admin.GET('/v1/organisation');
  const header = { 'if-match': read.response.headers.get('etag')! };
  const customFields = [
    {
      name: 'block',
      label: 'Block',
      type: 'text' as const,
      required: true,
      allowedValues: ['North', 'South'],
    },
  ];
  const change = { settings: { enrolmentLimit: 8 }, customFields };
  const changed = await admin.PATCH('/v1/organisation', { params: { header }, body: change });
  t.match(changed.data, { settings: { enrolmentLimit: 8 }, customFields: [{ name: 'block' }] });
  const late = await admin.PATCH('/v1/organisation', { params: { header }, body: change });
  t.match(late.error, { status: 412, code: 'PRECONDITION_FAILED' });
  const { data: form } = await admin.GET('/v1/forms/session');
  t.equal(form?.seats.limit, 8);
  t.match(form?.fields.at(-1), { pointer: '/custom/block', kind: 'choice', required: true });
  const sample = await admin.GET('/v1/imports/sample.csv', { parseAs: 'text' });
  t.match(sample.data, /,Block\r?\n/);
});
