import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const { client } = await openGateway(t);
const manager = client('manager@example.org');
const admin = client('admin@example.org');
const SESSIONS =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
  'Create,One,A talk,Public,asha.rao@example.org,,14-06-2027,IST,15:00,60,Teachers,Communication,English\n';
const USERS = 'Name,Email,Roles\nKavya Iyer,kavya.iyer@example.org,Mentor\n';
const file = (text: string, name = 'June.csv') => new File([text], name, { type: 'text/csv' });

t.test('a file is uploaded, found again, looked into and called off', async (t) => {
  const header = { 'idempotency-key': 'June' };
  const upload = () =>
    manager.POST('/v1/imports', { params: { header }, body: { file: file(SESSIONS), mode: 'check' } });
  const accepted = await upload();
  t.equal(accepted.response.status, 202);
  t.match(accepted.data, { kind: 'sessions', mode: 'check', status: 'queued', fileName: 'June.csv' });
  const { id } = accepted.data!;
  const path = { id };
  t.equal(accepted.response.headers.get('location'), `/v1/imports/${id}`);
  const again = await upload();
  t.equal(again.data?.id, id);
  t.equal(again.response.headers.get('idempotency-replayed'), 'true');

  t.match((await manager.GET('/v1/imports', { params: { query: { limit: 1 } } })).data, { items: [{ id }] });
  const source = await manager.GET('/v1/imports/{id}/source.csv', { params: { path }, parseAs: 'text' });
  t.equal(source.data, SESSIONS);
  const { data: rows } = await manager.GET('/v1/imports/{id}/rows', { params: { path, query: {} } });
  t.match(rows, { items: [], total: 0 });
  const cancelled = await manager.POST('/v1/imports/{id}/cancel', { params: { path } });
  t.match(cancelled.data, { id, status: 'queued', cancelRequestedAt: String, mail: null });
  t.match((await manager.POST('/v1/imports/{id}/undo', { params: { path } })).error, {
    code: 'UNDO_NOT_POSSIBLE',
  });
});

t.test('users are an upload of the administrator; whose file it is can be told by its columns', async (t) => {
  const body = { kind: 'users' as const, file: file(USERS, 'people.csv') };
  t.match((await manager.POST('/v1/imports', { body })).error, { status: 403, code: 'FORBIDDEN' });
  t.match((await admin.POST('/v1/imports', { body })).data, { kind: 'users', status: 'queued' });
  const wrong = await admin.POST('/v1/imports', { body: { file: file(USERS), kind: 'sessions' } });
  t.match(wrong.error, { status: 422, code: 'COLUMN_MISSING' });
  const query = { kind: 'users' as const };
  const sample = await admin.GET('/v1/imports/sample.csv', { params: { query }, parseAs: 'text' });
  t.match(sample.data, /Name,Email,Roles,Designation/);
});
