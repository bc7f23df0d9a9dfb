import { readRecords } from '@mentorline/csv';
import { createPeople, mentorEmail, startOwnMongod } from '@mentorline/testkit';
import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const { call, store, organisation, otherOrganisation } = await openGateway(t);
const MANAGER = 'manager@example.org';
const STRANGER = 'manager@other.example.net';
const ASHA = 'asha.rao@example.org';
const VIKRAM = 'vikram.shah@example.org';
const MEERA = 'meera.iyer@example.org';

let day = 1;
const create = async (title: string, more: Record<string, unknown> = {}) => {
  const start = `2027-07-${String(day++).padStart(2, '0')}T09:30:00Z`;
  const answer = await call(MANAGER, 'POST', '/v1/sessions', sessionBody({ title, start, ...more }));
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json().id as string;
};
await create('Leading a school through change');
await create('École de la réussite', { mentor: VIKRAM, categories: ['Life skills'] });
await create('विद्यालय नेतृत्व', { type: 'PRIVATE', mentees: ['arjun.nair@example.org'] });
await create('Maths (a+b)*, part 12', { mentor: VIKRAM, categories: ['Life skills', 'Communication'] });

const list = async (query: string, email = MANAGER) => {
  const answer = await call(email, 'GET', `/v1/sessions?${query}`);
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json() as { items: { title: string }[]; total: number; totalIsExact: boolean };
};
const titles = async (query: string, email = MANAGER) =>
  (await list(query, email)).items.map(({ title }) => title.split(' ')[0]);
const search = (text: string, email = MANAGER) => titles(`search=${encodeURIComponent(text)}`, email);

t.test(
  'sessions are found by how words of their titles begin, whatever the case, accents and script',
  async (t) => {
    t.same(await search('school'), ['Leading']);
    t.same(await search('LEAD scho'), ['Leading']);
    t.same(await search('change leading'), ['Leading'], 'in any order');
    t.same(await search('ecole'), ['École']);
    t.same(await search('RÉUSS'), ['École']);
    t.same(await search('नेतृत्व'), ['विद्यालय']);
    t.same(await search('part 12'), ['Maths']);
    t.same(await search('chool'), [], 'not by what stands inside a word');
    t.same(await search('leading maths'), [], 'all words must be there');
    t.same(await list('search=school'), { ...(await list('search=school')), total: 1, totalIsExact: true });
  },
);

t.test('and by the name and the address of their mentor', async (t) => {
  t.same(await search('vikram'), ['École', 'Maths']);
  t.same(await search('sha'), ['École', 'Maths'], 'Vikram Shah, and no title');
  t.same(await search('asha.rao@example.org'), ['Leading', 'विद्यालय']);
  t.same(await search('rao ash'), ['Leading', 'विद्यालय']);
  t.same(await search('vikram school'), [], 'title and mentor are searched each by itself');
});

t.test('a search keeps to what the person may see', async (t) => {
  t.same(await search('school', STRANGER), []);
  t.same(await search('asha', STRANGER), []);
  t.same(await search('school', ASHA), ['Leading']);
  t.same(await search('asha', ASHA), ['Leading', 'विद्यालय']);
  t.same(await search('ecole', ASHA), []);
  t.same(await search('ecole', MEERA), ['École']);
  t.same(await search('vikram', MEERA), ['École', 'Maths']);
  t.same(await search('नेतृत्व', MEERA), [], 'a private session of others');
  t.same(await search('नेतृत्व', 'arjun.nair@example.org'), ['विद्यालय']);
});

t.test('a search goes together with filters, either order and pages', async (t) => {
  t.same(await titles('search=vikram&sort=-start'), ['Maths', 'École']);
  t.same(await titles('search=vikram&category=communication'), ['Maths']);
  t.same(await titles(`search=part&mentor=${VIKRAM}`), ['Maths']);
  t.same(await titles(`search=part&mentor=${ASHA}`), []);
  t.same(await titles('search=asha&type=PRIVATE'), ['विद्यालय']);
  t.same(await titles('search=vikram&status=COMPLETED'), []);
  t.same(await titles('search=vikram&from=2027-07-03T00:00:00Z'), ['Maths']);

  const first = await call(MANAGER, 'GET', '/v1/sessions?search=vikram&limit=1');
  t.match(first.json(), { total: 2, totalIsExact: true });
  const cursor = first.json().nextCursor;
  const second = await call(MANAGER, 'GET', `/v1/sessions?search=vikram&limit=1&cursor=${cursor}`);
  t.match(second.json(), { items: [{ title: /^Maths/ }], nextCursor: null, total: 2, totalIsExact: true });
});

t.test('a category is told by its label or its value', async (t) => {
  t.same(await titles('category=Life%20Skills'), ['École', 'Maths']);
  t.same(await titles('category=life_skills'), ['École', 'Maths']);
  t.same(await titles('category=communication&sort=-start'), ['Maths', 'विद्यालय', 'Leading']);
  t.same(await titles('category=life_skills', MEERA), ['École', 'Maths']);
  t.same(await titles('category=life_skills', VIKRAM), ['École', 'Maths']);
  t.same(await titles('category=nobody_has_it'), []);
});

t.test('what is searched for is text, never a pattern or a query', async (t) => {
  for (const text of ['.*', '(z+)+$', '^Lead', '%', '_', '\\', '"', '$', '#communication', '\u0000', '{}']) {
    const found = await search(text);
    t.ok(found.length <= 1, `${text}: ${found}`);
  }
  t.same(await search('.*'), []);
  t.same(await search('{"$ne":""}'), []);
  t.same(await search('   '), ['Leading', 'École', 'विद्यालय', 'Maths'], 'blank: no search');
  for (const query of ['search[$regex]=.*', 'search[$ne]=', 'search=a&search=b', 'category[$ne]=x']) {
    const answer = await call(MANAGER, 'GET', `/v1/sessions?${query}`);
    t.equal(answer.statusCode, 422, query);
    t.equal(answer.json().code, 'VALIDATION_FAILED');
  }
  t.equal((await call(MANAGER, 'GET', `/v1/sessions?search=${'x'.repeat(201)}`)).statusCode, 422);
  t.same(await search('x'.repeat(200)), []);
  t.same(await search('y '.repeat(100)), []);
});

t.test('a title that is changed by an import is found by its new words only', async (t) => {
  const id = await create('Gardening for heads');
  t.same(await search('gardening'), ['Gardening']);
  const [session] = [...(await store.sessions.readSessions(organisation.id, [id])).values()];
  await store.transaction((transaction) =>
    store.sessions.updateSessions(transaction, { at: new Date() }, [
      { ...session!, title: 'Cooking for heads', categories: ['kitchen'], version: 2 },
    ]),
  );
  t.same(await search('gardening'), []);
  t.same(await search('cook'), ['Cooking']);
  t.same(await titles('category=kitchen'), ['Cooking']);
});

t.test('mentors of related organisations are found by their names too', async (t) => {
  await store.organisations.relateOrganisations(organisation.id, otherOrganisation.id);
  await create('With a guest', { mentor: 'lena.berg@other.example.net' });
  t.same(await search('berg'), ['With']);
});

t.test('a search that leaves out some of those who begin alike does not call its number exact', async (t) => {
  await createPeople(store, organisation.id, 41);
  // In alphabetical order: "Mentor 9" comes last.
  await create('Of the first', { mentor: mentorEmail(0) });
  await create('Of the last', { mentor: mentorEmail(9) });
  t.match(await list('search=mentor'), { items: [{ title: 'Of the first' }], total: 1, totalIsExact: false });
  const whole = { items: [{ title: 'Of the last' }], total: 1, totalIsExact: true };
  t.match(await list(`search=${encodeURIComponent('mentor 9')}`), whole, 'more letters find it');
});

t.test('a search that would take too long says what to do', async (t) => {
  const gateway = await openGateway(t, { mongodbUrl: await startOwnMongod(t) });
  const admin = gateway.store.connection.getClient().db('admin');
  const timeIsUp = 50;
  for (const [url, namespace] of [
    ['/v1/sessions?search=school%20change', 'sessions'],
    ['/v1/users?search=asha%20rao', 'users'],
  ] as const) {
    await gateway.call(MANAGER, 'GET', url);
    const data = {
      ...{ failCommands: ['find'], errorCode: timeIsUp },
      namespace: `${gateway.store.connection.name}.${namespace}`,
    };
    // The first that reads it is the account of who asks.
    const mode = namespace === 'users' ? { skip: 1 } : { times: 1 };
    await admin.command({ configureFailPoint: 'failCommand', mode, data });
    const answer = await gateway.call(MANAGER, 'GET', url);
    await admin.command({ configureFailPoint: 'failCommand', mode: 'off' });
    t.equal(answer.statusCode, 422, url);
    t.match(answer.json(), { code: 'VALIDATION_FAILED', detail: /Write more of the words/ });
  }
});

t.test('sessions of a mentor who has left are found by name and address still', async (t) => {
  const email = 'nadia.haddad@example.org';
  const made = await call('admin@example.org', 'POST', '/v1/users', {
    email,
    name: 'Nadia Haddad',
    roles: ['mentor'],
  });
  await create('Before leaving', { mentor: email });
  const left = await call('admin@example.org', 'PATCH', `/v1/users/${made.json().id}`, { active: false });
  t.equal(left.statusCode, 200, left.body);
  t.same(await search('haddad'), ['Before']);
  t.same(await search('nadia had'), ['Before']);
  t.same(await titles(`mentor=${email}`), ['Before']);
  t.same(await titles(`mentor=${email}`, STRANGER), []);
  t.same(
    (await call(MANAGER, 'GET', '/v1/users?role=mentor&search=haddad')).json().items,
    [],
    'nobody to pick',
  );
});

t.test('the file of sessions takes the same filters', async (t) => {
  const answer = await call(MANAGER, 'GET', '/v1/sessions.csv?search=vikram&category=communication');
  const rows: string[][] = [];
  for await (const { records } of readRecords([answer.rawPayload] as never, {
    encoding: 'utf-8',
    bom: true,
    delimiter: ',',
  })) {
    rows.push(...records.map(({ cells }) => cells));
  }
  t.equal(answer.statusCode, 200);
  t.same(
    rows.map((cells) => cells[2]),
    ['Maths (a+b)*, part 12'],
  );
  t.equal((await call(MANAGER, 'GET', '/v1/sessions.csv?search=zzz')).body.split('\r\n').length, 2);
});
