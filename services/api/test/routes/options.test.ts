import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const { call, store, organisation } = await openGateway(t);
const ADMIN = 'admin@example.org';
const MANAGER = 'manager@example.org';
const STRANGER = 'manager@other.example.net';

const add = (list: string, label: unknown, email = MANAGER) =>
  call(email, 'POST', `/v1/options/${list}`, { label });
const labels = async (list: string, query = '', email = MANAGER) => {
  const answer = await call(email, 'GET', `/v1/options/${list}${query}`);
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json().items.map(({ label }: { label: string }) => label);
};
const reject = (newOptions: 'create' | 'reject') =>
  call(ADMIN, 'PATCH', '/v1/organisation', { settings: { newOptions } });

t.test('an option is added once, however its label is spelled', async (t) => {
  const first = await add('categories', '  Life skills ');
  t.equal(first.statusCode, 201);
  t.match(first.json(), { value: 'life_skills', label: 'Life skills', retired: false });
  for (const label of ['LIFE  SKILLS', 'life_skills']) {
    const again = await add('categories', label);
    t.equal(again.statusCode, 200, label);
    t.same(again.json(), first.json());
  }
  const both = await Promise.all([add('media', 'हिन्दी'), add('media', 'हिन्दी')]);
  t.same(both.map(({ statusCode }) => statusCode).sort(), [200, 201]);
  t.same(both[0]!.json(), both[1]!.json());
});

t.test('a list has all its labels in their order, and only those of its organisation', async (t) => {
  for (const label of ['écoles', 'Zoo', 'arts', 'Éducation']) await add('recommended-for', label);
  t.same(await labels('recommended-for'), ['arts', 'écoles', 'Éducation', 'Zoo']);
  t.same(await labels('recommended-for', '', STRANGER), []);
  t.same(await labels('media'), ['हिन्दी']);
  const answer = await call(MANAGER, 'GET', '/v1/options/categories');
  t.match(answer.json(), { nextCursor: null, total: 1 });
});

t.test('a long list comes in pages, and is searched', async (t) => {
  const numbers = Array.from({ length: 23 }, (_, n) => `Topic ${String(n + 1).padStart(2, '0')}`);
  for (const label of numbers) await add('media', label);
  const seen: string[] = [];
  let cursor = '';
  do {
    const page = await call(MANAGER, 'GET', `/v1/options/media?limit=10&search=TOP&cursor=${cursor}`);
    t.match(page.json(), { total: 23 });
    seen.push(...page.json().items.map(({ label }: { label: string }) => label));
    cursor = page.json().nextCursor ?? '';
  } while (cursor);
  t.same(seen, numbers);
  t.equal((await labels('media')).length, 20, 'twenty, as of any list');
  t.same(await labels('media', '?search=07+topic'), ['Topic 07']);
  t.same(await labels('media', '?search=opic'), [], 'not by what stands inside a word');
  t.same(await labels('media', '?search=%2e%2a'), []);
});

t.test('an option that a session brings is in the list', async (t) => {
  t.equal((await call(MANAGER, 'POST', '/v1/sessions', sessionBody())).statusCode, 201);
  t.same(await labels('categories'), ['Communication', 'Life skills']);
});

t.test('what is no label is refused', async (t) => {
  for (const [label, code] of [
    ['', 'FIELD_REQUIRED'],
    [' \u200b ', 'FIELD_REQUIRED'],
    ['x'.repeat(256), 'FIELD_TOO_LONG'],
    ['a\u0000b', 'FIELD_INVALID'],
    [{ $ne: '' }, 'FIELD_INVALID'],
    [undefined, 'FIELD_REQUIRED'],
  ] as const) {
    const answer = await add('categories', label);
    t.equal(answer.statusCode, 422, String(label));
    t.match(answer.json().errors, [{ pointer: '/label', code }]);
  }
  t.equal((await add('colours', 'Red')).statusCode, 404);
  t.equal((await call(MANAGER, 'GET', '/v1/options/__proto__')).statusCode, 404);
  for (const email of ['asha.rao@example.org', 'meera.iyer@example.org', 'operator@example.org']) {
    t.equal((await add('categories', 'Mine', email)).statusCode, 403, email);
    t.equal((await call(email, 'GET', '/v1/options/categories')).statusCode, 403, email);
  }
});

t.test('an administrator renames an option; what sessions hold and files say stays good', async (t) => {
  const { id } = (await add('categories', 'Communication')).json();
  const answer = await call(ADMIN, 'PATCH', `/v1/options/categories/${id}`, { label: 'Talking well' });
  t.match(answer.json(), { id, value: 'communication', label: 'Talking well' });
  const sessions = await call(MANAGER, 'GET', '/v1/sessions?category=Talking%20well');
  t.match(sessions.json().items, [{ categories: [{ value: 'communication', label: 'Talking well' }] }]);
  t.equal((await add('categories', 'communication')).json().id, id, 'the earlier label means it still');
  const taken = await call(ADMIN, 'PATCH', `/v1/options/categories/${id}`, { label: 'life SKILLS' });
  t.equal(taken.statusCode, 409);
  t.match(taken.json(), { code: 'OPTION_EXISTS', errors: [{ pointer: '/label' }] });
  const same = await call(ADMIN, 'PATCH', `/v1/options/categories/${id}`, { label: 'TALKING well' });
  t.match(same.json(), { label: 'TALKING well' });
});

t.test(
  'a retired option is offered no longer, stays on sessions, and comes back when it is added',
  async (t) => {
    const { id } = (await add('categories', 'Communication')).json();
    const retired = await call(ADMIN, 'DELETE', `/v1/options/categories/${id}`);
    t.match(retired.json(), { id, retired: true });
    t.same(await labels('categories'), ['Life skills']);
    t.same(await labels('categories', '?retired=true'), ['Life skills', 'TALKING well']);
    const sessions = await call(MANAGER, 'GET', '/v1/sessions?category=communication');
    t.match(sessions.json().items, [{ categories: [{ label: 'TALKING well' }] }]);

    await reject('reject');
    const body = sessionBody({ start: '2027-06-15T09:30:00Z', categories: ['Talking well'] });
    const refused = await call(MANAGER, 'POST', '/v1/sessions', body);
    t.match(refused.json(), { status: 422, errors: [{ pointer: '/categories', code: 'OPTION_UNKNOWN' }] });
    await reject('create');
    t.equal((await call(MANAGER, 'POST', '/v1/sessions', body)).statusCode, 201);
    t.same(
      await labels('categories'),
      ['Life skills', 'TALKING well'],
      'whoever uses it again brings it back',
    );

    await call(ADMIN, 'PATCH', `/v1/options/categories/${id}`, { retired: true });
    const again = await add('categories', 'talking well');
    t.equal(again.statusCode, 201);
    t.match(again.json(), { id, retired: false });
  },
);

t.test('where new options are rejected only administrators add them', async (t) => {
  await reject('reject');
  const refused = await add('media', 'Tamil');
  t.equal(refused.statusCode, 403);
  t.equal((await add('media', 'हिन्दी')).statusCode, 403);
  t.equal((await add('media', 'Tamil', ADMIN)).statusCode, 201);
  await reject('create');
  t.equal((await add('media', 'Telugu')).statusCode, 201);
});

t.test('options are changed by administrators of their organisation, in their list', async (t) => {
  const { id } = (await add('categories', 'Life skills')).json();
  for (const method of ['PATCH', 'DELETE'] as const) {
    const body = method === 'PATCH' ? { label: 'x' } : undefined;
    t.equal((await call(MANAGER, method, `/v1/options/categories/${id}`, body)).statusCode, 403);
    t.equal((await call(ADMIN, method, `/v1/options/media/${id}`, body)).statusCode, 404, 'another list');
    t.equal((await call(ADMIN, method, '/v1/options/categories/abc', body)).statusCode, 404);
  }
  const theirs = (await add('categories', 'Theirs', STRANGER)).json();
  t.equal(
    (await call(ADMIN, 'PATCH', `/v1/options/categories/${theirs.id}`, { label: 'x' })).statusCode,
    404,
  );
  t.equal((await call(ADMIN, 'DELETE', `/v1/options/categories/${theirs.id}`)).statusCode, 404);
  t.same(await labels('categories', '', STRANGER), ['Theirs']);
});

t.test('each write is noted', async (t) => {
  const log = store.connection.collection('auditLog');
  const actions = await log.distinct('action', { 'target.kind': 'option' });
  t.same(actions.sort(), ['option.created', 'option.restored', 'option.updated']);
  const { id } = (await add('categories', 'Life skills')).json();
  t.equal(await log.countDocuments({ 'target.id': id }), 1, 'adding what is there writes nothing');
  t.equal((await store.options.findOption(organisation.id, 'categories', 'LIFE SKILLS'))?.id, id);
});
