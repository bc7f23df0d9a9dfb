import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const { call, users } = await openGateway(t);
const MANAGER = 'manager@example.org';
const TYPES = ['application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded'];

t.test('a content type before no body is not held against a call that takes none', async (t) => {
  const { id: mentee } = users.get('meera.iyer@example.org')!;
  for (const [day, type] of TYPES.entries()) {
    const header = { 'content-type': type };
    const body = sessionBody({ start: `2027-06-1${day}T09:30:00Z` });
    const { id } = (await call(MANAGER, 'POST', '/v1/sessions', body)).json();
    const seat = `/v1/sessions/${id}/mentees/${mentee}`;
    t.equal((await call(MANAGER, 'PUT', seat, undefined, header)).statusCode, 201, type);
    t.equal((await call(MANAGER, 'DELETE', seat, undefined, header)).statusCode, 204, type);
    const image = await call(MANAGER, 'DELETE', `/v1/sessions/${id}/image`, undefined, header);
    t.equal(image.statusCode, 204, type);
    const cancelled = { ...header, 'content-length': '0' };
    t.equal(
      (await call(MANAGER, 'DELETE', `/v1/sessions/${id}`, undefined, cancelled)).statusCode,
      204,
      type,
    );
  }
});

t.test('a call that needs a body says so, whatever type is named', async (t) => {
  for (const header of [{}, ...TYPES.map((type) => ({ 'content-type': type }))]) {
    const created = await call(MANAGER, 'POST', '/v1/sessions', undefined, header);
    t.match(created.json(), { status: 422, code: 'VALIDATION_FAILED', errors: [{ pointer: '' }] });
    const signedIn = await call(null, 'POST', '/v1/auth/login', undefined, header);
    t.match(signedIn.json(), { status: 422, code: 'VALIDATION_FAILED' });
  }
  const upload = await call(MANAGER, 'POST', '/v1/imports', undefined, { 'content-type': 'text/csv' });
  t.match(upload.json(), { status: 422, code: 'FILE_EMPTY' });
});
