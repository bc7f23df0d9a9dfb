import t from 'tap';
import { endImport } from '../end-import.ts';
import { openGateway, sessionBody } from '../open-gateway.ts';

const { call, store, users, organisation, otherOrganisation, password } = await openGateway(t);
const ADMIN = 'admin@example.org';
const MANAGER = 'manager@example.org';
const STRANGER = 'manager@other.example.net';
const ASHA = 'asha.rao@example.org';
const LENA = 'lena.berg@other.example.net';
const idOf = (email: string) => users.get(email)!.id;

const list = async (query = '', email = MANAGER) => {
  const answer = await call(email, 'GET', `/v1/users${query}`);
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json() as {
    items: { email: string; roles: string[] }[];
    total: number;
    totalIsExact: boolean;
  };
};
const emails = async (query = '', email = MANAGER) =>
  (await list(query, email)).items.map((item) => item.email.split('@')[0]);
const audited = (id: string) =>
  store.connection.collection('auditLog').find({ 'target.id': id }).sort({ _id: 1 }).toArray();

t.test('managers pick from the active people of the organisation, in order of name', async (t) => {
  t.same(await emails(), [
    'arjun.nair',
    'asha.rao',
    'operator',
    'meera.iyer',
    'manager',
    'admin',
    'vikram.shah',
  ]);
  t.same(await emails('?sort=-name&limit=2'), ['vikram.shah', 'admin']);
  t.same(await emails('?role=mentor'), ['asha.rao', 'vikram.shah']);
  t.same(await emails('?role=mentee'), ['arjun.nair', 'meera.iyer']);
  t.same(await emails('', STRANGER), ['lena.berg', 'manager']);
  t.strictSame((await list('?search=asha')).items, [
    {
      id: idOf(ASHA),
      name: 'Asha Rao',
      email: ASHA,
      designation: 'Head teacher',
      roles: ['mentor'],
      active: true,
      organisation: { id: organisation.id, name: 'Example Schools' },
    },
  ]);
  for (const email of [ASHA, 'meera.iyer@example.org', 'operator@example.org']) {
    t.equal((await call(email, 'GET', '/v1/users')).statusCode, 403, email);
  }
  t.equal((await call(null, 'GET', '/v1/users')).statusCode, 401);
});

t.test('they are searched by how words of name and address begin, and by designation', async (t) => {
  t.same(await emails('?search=RAO%20as'), ['asha.rao']);
  t.same(await emails('?search=asha.rao@example.org'), ['asha.rao']);
  t.same(await emails('?search=v'), ['vikram.shah']);
  t.same(await emails('?search=ikram'), []);
  t.same(await emails('?search=asha&role=mentee'), []);
  t.same(await emails('?designation=head%20TEACHER'), ['asha.rao']);
  t.same(await emails('?designation=teacher'), ['arjun.nair', 'meera.iyer'], 'the whole of it');
  t.same(await emails('?designation=teacher&search=meera&role=mentee'), ['meera.iyer']);
});

t.test('a list of people is paged', async (t) => {
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const answer = await call(MANAGER, 'GET', `/v1/users?limit=2&cursor=${cursor}`);
    const page = answer.json();
    t.match(page, { total: 7, totalIsExact: true });
    seen.push(...page.items.map(({ email }: { email: string }) => email.split('@')[0]));
    cursor = page.nextCursor;
  }
  t.same(seen, await emails());
});

t.test('what is asked for is text, never a pattern or a query', async (t) => {
  for (const text of ['.*', '^', '$', '(z+)+$', '=', '#', '%', '_', '\\', '{"$ne":""}', '\u0000']) {
    t.same(await emails(`?search=${encodeURIComponent(text)}`), [], text);
    t.same(await emails(`?designation=${encodeURIComponent(text)}`), [], text);
  }
  for (const query of [
    'search[$regex]=.*',
    'role[$ne]=x',
    'role=boss',
    'organisation[$ne]=',
    'organisation=x',
    `search=${'x'.repeat(201)}`,
    'sort=email',
    'cursor=abc',
    'serach=asha',
  ]) {
    t.equal((await call(MANAGER, 'GET', `/v1/users?${query}`)).statusCode, 422, query);
  }
});

t.test('an administrator makes, reads, changes and deletes people of the own organisation', async (t) => {
  const body = {
    name: '  Éva Kovács ',
    email: 'Eva.Kovacs@Example.org',
    roles: ['mentee', 'mentor'],
    designation: 'Teacher',
  };
  const created = await call(ADMIN, 'POST', '/v1/users', body);
  t.equal(created.statusCode, 201);
  const person = created.json();
  t.equal(created.headers.location, `/v1/users/${person.id}`);
  t.match(person, {
    name: 'Éva Kovács',
    email: 'eva.kovacs@example.org',
    roles: ['mentee', 'mentor'],
    designation: 'Teacher',
    active: true,
    organisation: { id: organisation.id },
  });
  t.strictSame((await call(ADMIN, 'GET', `/v1/users/${person.id}`)).json(), person);
  t.match(await store.connection.collection('mails').findOne({ 'to.address': person.email }), {
    kind: 'invitation',
    status: 'pending',
  });
  t.same(await emails('?search=eva&role=mentor'), ['eva.kovacs']);

  const patch = (change: object) => call(ADMIN, 'PATCH', `/v1/users/${person.id}`, change);
  t.match((await patch({ name: 'Eva Nagy', roles: ['mentee'], designation: null })).json(), {
    name: 'Eva Nagy',
    roles: ['mentee'],
    designation: null,
    email: 'eva.kovacs@example.org',
  });
  t.same(await emails('?search=eva&role=mentor'), []);
  t.same(await emails('?search=nagy'), ['eva.kovacs']);
  t.equal((await patch({ name: 'Eva Nagy' })).statusCode, 200, 'a change that changes nothing');

  t.match((await patch({ active: false })).json(), { active: false });
  t.same(await emails('?search=nagy'), [], 'nobody picks who is not active');
  t.same(await emails('?active=false&search=nagy', ADMIN), ['eva.kovacs']);
  t.equal((await call(MANAGER, 'GET', '/v1/users?active=false')).statusCode, 403);
  t.equal((await call(ADMIN, 'GET', '/v1/users?active=false&role=mentor')).statusCode, 422);
  await patch({ active: true });
  t.same(await emails('?search=nagy'), ['eva.kovacs']);

  const removed = await call(ADMIN, 'DELETE', `/v1/users/${person.id}`);
  t.same(removed.json(), { outcome: 'deleted' });
  t.equal((await call(ADMIN, 'GET', `/v1/users/${person.id}`)).statusCode, 404);
  t.same(
    (await audited(person.id)).map(({ action, email, fields }) => [action, email, fields]),
    [
      ['user.created', ADMIN, undefined],
      ['user.invited', ADMIN, undefined],
      ['user.updated', ADMIN, ['name', 'designation', 'roles']],
      ['user.updated', ADMIN, ['active']],
      ['user.updated', ADMIN, ['active']],
      ['user.deleted', ADMIN, undefined],
    ],
  );
});

t.test('an address has one account, whosever it is', async (t) => {
  const make = (email: string) =>
    call(ADMIN, 'POST', '/v1/users', { name: 'Somebody', email, roles: ['mentee'] });
  const own = await make('ASHA.RAO@example.org');
  t.equal(own.statusCode, 409);
  t.match(own.json(), { code: 'EMAIL_TAKEN', errors: [{ pointer: '/email' }], detail: /your organisation/ });
  const foreign = await make(LENA);
  t.equal(foreign.statusCode, 409);
  t.equal(foreign.json().code, 'EMAIL_TAKEN');
  t.notMatch(foreign.body, /Lena|Other Academy/);

  const both = await Promise.all([make('twice@example.org'), make('twice@example.org')]);
  t.same(both.map(({ statusCode }) => statusCode).sort(), [201, 409]);
});

t.test('what is wrong with a person is told all at once', async (t) => {
  const answer = await call(ADMIN, 'POST', '/v1/users', {
    name: 'x'.repeat(256),
    email: 'nobody',
    roles: ['mentor'],
    designation: 'a\u0007b',
  });
  t.equal(answer.statusCode, 422);
  t.same(
    answer.json().errors.map(({ pointer, code }: Record<string, string>) => [pointer, code]),
    [
      ['/name', 'FIELD_TOO_LONG'],
      ['/email', 'FIELD_INVALID'],
      ['/designation', 'FIELD_INVALID'],
    ],
  );
  const good = { name: 'Some Body', email: 'some@example.org', roles: ['mentor'] };
  for (const [wrong, pointer] of [
    [{ roles: [] }, '/roles'],
    [{ roles: ['operator'] }, '/roles/0'],
    [{ name: '  ' }, '/name'],
    [{ email: { $ne: '' } }, '/email'],
    [{ name: { $gt: '' } }, '/name'],
    [{ organisationId: otherOrganisation.id }, '/organisationId'],
    [{ passwordHash: 'x' }, '/passwordHash'],
  ] as const) {
    const refused = await call(ADMIN, 'POST', '/v1/users', { ...good, ...wrong });
    t.equal(refused.statusCode, 422, pointer);
    t.match(refused.json().errors, [{ pointer }]);
  }
  const patch = (change: object) => call(ADMIN, 'PATCH', `/v1/users/${idOf(ASHA)}`, change);
  t.match((await patch({ email: 'new@example.org' })).json(), {
    errors: [{ pointer: '/email', code: 'FIELD_UNKNOWN' }],
  });
  t.match((await patch({ name: ' ' })).json(), { errors: [{ pointer: '/name', code: 'FIELD_REQUIRED' }] });
});

t.test('somebody with sessions is deactivated instead of deleted', async (t) => {
  const created = await call(
    MANAGER,
    'POST',
    '/v1/sessions',
    sessionBody({ mentor: 'vikram.shah@example.org', mentees: ['arjun.nair@example.org'] }),
  );
  t.equal(created.statusCode, 201);
  for (const email of ['vikram.shah@example.org', 'arjun.nair@example.org']) {
    const answer = await call(ADMIN, 'DELETE', `/v1/users/${idOf(email)}`);
    t.same(answer.json(), { outcome: 'deactivated' }, email);
    t.match((await call(ADMIN, 'GET', `/v1/users/${idOf(email)}`)).json(), { active: false });
    t.equal((await call(email, 'GET', '/v1/me')).statusCode, 401, 'and cannot sign in');
    t.same((await audited(idOf(email))).at(-1)?.action, 'user.deactivated');
  }
  t.match((await call(MANAGER, 'GET', `/v1/sessions/${created.json().id}`)).json(), {
    mentor: { name: 'Vikram Shah' },
  });
});

t.test('while an import may name them everybody is deactivated instead of deleted', async (t) => {
  const person = { name: 'Nobody Yet', email: 'nobody.yet@example.org', roles: ['mentee'] };
  const { id } = (await call(ADMIN, 'POST', '/v1/users', person)).json();
  const file = 'Name,Email,Roles,Designation\nSomebody Else,somebody.else@example.org,mentee,\n';
  const uploaded = await call(ADMIN, 'POST', '/v1/imports?kind=users', file, { 'content-type': 'text/csv' });
  t.equal(uploaded.statusCode, 202);
  t.same((await call(ADMIN, 'DELETE', `/v1/users/${id}`)).json(), { outcome: 'deactivated' });
  await endImport(store, uploaded.json().id);
  t.same((await call(ADMIN, 'DELETE', `/v1/users/${id}`)).json(), { outcome: 'deleted' });
});

t.test('people of another organisation are not there', async (t) => {
  const theirs = idOf(LENA);
  t.equal((await call(ADMIN, 'GET', `/v1/users/${theirs}`)).statusCode, 404);
  t.equal((await call(ADMIN, 'PATCH', `/v1/users/${theirs}`, { name: 'Mine' })).statusCode, 404);
  t.equal((await call(ADMIN, 'DELETE', `/v1/users/${theirs}`)).statusCode, 404);
  t.equal((await call(ADMIN, 'GET', '/v1/users/abc')).statusCode, 404);
  t.same(await emails(`?organisation=${otherOrganisation.id}`), []);
  t.equal((await store.users.findUser(theirs))?.name, 'Lena Berg');
  for (const email of [MANAGER, ASHA]) {
    t.equal((await call(email, 'GET', `/v1/users/${idOf(ASHA)}`)).statusCode, 403);
    t.equal((await call(email, 'PATCH', `/v1/users/${idOf(ASHA)}`, {})).statusCode, 403);
    t.equal((await call(email, 'DELETE', `/v1/users/${idOf(ASHA)}`)).statusCode, 403);
    t.equal((await call(email, 'POST', '/v1/users', {})).statusCode, 403);
  }
});

t.test('those of related organisations can be picked, and no more than that', async (t) => {
  await store.organisations.relateOrganisations(organisation.id, otherOrganisation.id);
  t.same(await emails('?role=mentor'), ['asha.rao', 'lena.berg']);
  t.same(await emails(`?organisation=${otherOrganisation.id}`), ['lena.berg', 'manager']);
  t.same(await emails(`?organisation=${organisation.id}&search=berg`), []);
  t.same(
    await emails('?role=session_manager'),
    ['manager', 'admin'],
    'their managers are not listed as such',
  );
  const [, tom] = (await list(`?organisation=${otherOrganisation.id}`)).items;
  t.same(tom?.roles, [], 'nor told to be');
  t.equal((await call(ADMIN, 'PATCH', `/v1/users/${idOf(LENA)}`, { name: 'Mine' })).statusCode, 404);
});

t.test('an organisation keeps an administrator, whoever takes the role from whom at once', async (t) => {
  const admin = idOf(ADMIN);
  const own = await call(ADMIN, 'PATCH', `/v1/users/${admin}`, { roles: ['mentor'] });
  t.match(own.json(), { status: 422, errors: [{ pointer: '/roles', code: 'OWN_ROLE_NEEDED' }] });
  for (const answer of [
    await call(ADMIN, 'PATCH', `/v1/users/${admin}`, { active: false }),
    await call(ADMIN, 'DELETE', `/v1/users/${admin}`),
  ]) {
    t.equal(answer.statusCode, 409);
    t.equal(answer.json().code, 'LAST_ADMIN');
  }
  const promoted = await call(ADMIN, 'PATCH', `/v1/users/${idOf(MANAGER)}`, {
    roles: ['org_admin', 'session_manager'],
  });
  t.equal(promoted.statusCode, 200);
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all([
      call(ADMIN, 'PATCH', `/v1/users/${idOf(MANAGER)}`, { active: false }),
      call(MANAGER, 'PATCH', `/v1/users/${admin}`, { active: false }),
    ]);
    const left = (await store.users.listUsers(organisation.id)).filter(
      ({ active, roles }) => active && roles.includes('org_admin'),
    );
    t.equal(left.length, 1, answers.map(({ statusCode }) => statusCode).join());
    await call(left[0]!.email, 'PATCH', `/v1/users/${idOf(MANAGER)}`, { active: true });
    await call(left[0]!.email, 'PATCH', `/v1/users/${admin}`, { active: true });
  }
});

t.test('whoever was deactivated signs in anew once they are active again', async (t) => {
  const ARJUN = 'arjun.nair@example.org';
  const [admin] = (await store.users.listUsers(organisation.id)).filter(
    ({ active, roles }) => active && roles.includes('org_admin'),
  );
  const set = (active: boolean) => call(admin!.email, 'PATCH', `/v1/users/${idOf(ARJUN)}`, { active });
  const signIn = () => call(null, 'POST', '/v1/auth/login', { email: ARJUN, password });
  await set(true);
  const { refreshToken } = (await signIn()).json();
  t.equal((await set(false)).statusCode, 200);
  t.equal((await signIn()).statusCode, 401);
  t.equal((await set(true)).statusCode, 200);
  t.equal((await call(null, 'POST', '/v1/auth/refresh', { refreshToken })).statusCode, 401);
  t.equal((await signIn()).statusCode, 200);
});
