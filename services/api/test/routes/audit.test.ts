import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const ADMIN = 'admin@example.org';
const FILE =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
  'Create,One,A talk,Public,asha.rao@example.org,,14-06-2027,IST,15:00,60,Teachers,Communication,English\n';

const { call, clock, store, users, password } = await openGateway(t, { env: { TRUST_PROXY: '127.0.0.1' } });
const list = async (query = '') => (await call(ADMIN, 'GET', `/v1/audit${query}`)).json();
const later = () => {
  clock.now = new Date(clock.now.getTime() + 60_000);
};
const from = (address: string) => ({ 'x-forwarded-for': address, 'x-request-id': 'request-of-the-test' });

const start = clock.now;
const session = (await call(MANAGER, 'POST', '/v1/sessions', sessionBody(), from('192.0.2.1'))).json();
later();
const csv = { 'content-type': 'text/csv' };
const { id: importId } = (await call(ADMIN, 'POST', '/v1/imports', FILE, csv)).json();
later();
await call(MANAGER, 'POST', `/v1/imports/${importId}/cancel`);
await call(MANAGER, 'POST', `/v1/imports/${importId}/cancel`);
later();
await call(null, 'POST', '/v1/auth/login', { email: MANAGER, password });
later();
await call(null, 'POST', '/v1/auth/login', { email: 'manager@other.example.net', password });

t.test('the administrator reads who did what, when and from where, newest first', async (t) => {
  const { items, total, totalIsExact, nextCursor } = await list();
  t.equal(total, 4);
  t.equal(totalIsExact, true);
  t.equal(nextCursor, null);
  t.same(
    items.map(({ action }: { action: string }) => action),
    ['account.signed-in', 'import.cancelled', 'import.created', 'session.created'],
    'what changed nothing is no write, and other organisations have their own',
  );
  t.match(items.at(-1), {
    id: /^[0-9a-f]{24}$/,
    at: '2027-06-01T00:00:00Z',
    user: { id: users.get(MANAGER)?.id, email: MANAGER },
    target: { kind: 'session', id: session.id },
    fields: [],
    address: '192.0.2.1',
    requestId: 'request-of-the-test',
  });
  t.match(items[1], { target: { kind: 'import', id: importId }, user: { email: MANAGER } });
});

t.test('filters narrow it down', async (t) => {
  const actions = async (query: string) =>
    (await list(query)).items.map(({ action }: { action: string }) => action);
  t.same(await actions(`?user=${users.get(ADMIN)?.id}`), ['import.created']);
  t.same(await actions('?action=session.created'), ['session.created']);
  t.same(await actions(`?target=${importId}`), ['import.cancelled', 'import.created']);
  const minute = (n: number) => new Date(start.getTime() + n * 60_000).toISOString();
  t.same(await actions(`?from=${minute(1)}&to=${minute(2)}`), ['import.created']);
  t.same(await actions(`?user=${users.get(MANAGER)?.id}&action=import.cancelled&target=${importId}`), [
    'import.cancelled',
  ]);
  for (const wrong of ['?user=me', '?target=x', '?from=yesterday', '?who=x', '?cursor=x']) {
    t.equal((await call(ADMIN, 'GET', `/v1/audit${wrong}`)).statusCode, 422, wrong);
  }
});

t.test('pages follow each other without gap or repeat, though writes come in between', async (t) => {
  const all = (await list()).items.map(({ id }: { id: string }) => id);
  const seen: string[] = [];
  let cursor = '';
  do {
    const page = await list(`?limit=1&cursor=${cursor}`);
    seen.push(...page.items.map(({ id }: { id: string }) => id));
    cursor = page.nextCursor ?? '';
    if (seen.length === 1) await call(null, 'POST', '/v1/auth/login', { email: ADMIN, password });
  } while (cursor);
  t.same(seen, all);
});

t.test('nobody else reads it', async (t) => {
  t.equal((await call(MANAGER, 'GET', '/v1/audit')).statusCode, 403);
  t.equal((await call('operator@example.org', 'GET', '/v1/audit')).statusCode, 403);
  t.equal((await call(null, 'GET', '/v1/audit')).statusCode, 401);
});

t.test('a write that fails leaves no entry', async (t) => {
  const before = await store.connection.collection('auditLog').countDocuments();
  t.equal((await call(MANAGER, 'POST', '/v1/sessions', sessionBody())).statusCode, 409);
  t.equal((await call(MANAGER, 'POST', '/v1/imports', 'x\n', csv)).statusCode, 422);
  t.equal(await store.connection.collection('auditLog').countDocuments(), before);
});
