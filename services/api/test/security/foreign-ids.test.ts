import t from 'tap';
import { EXAMPLES } from '../../src/openapi/examples.ts';
import { openGateway, sessionBody } from '../open-gateway.ts';
import { readDocument } from './document.ts';
import { createTenant } from './two-organisations.ts';

const gateway = await openGateway(t, {
  env: { REQUESTS_PER_MINUTE_OF_USER: '0', REQUESTS_PER_MINUTE_OF_ADDRESS: '0' },
});
const { call, store } = gateway;
const heron = await createTenant(gateway, 'heronwood');
const king = await createTenant(gateway, 'kingfisher');
const { operations, document } = await readDocument(gateway);
const ofTenants = operations.filter(({ path }) => !path.startsWith('/v1/ops/'));
const { operator, observer, ...inHeron } = heron.users;
const CALLERS = Object.values(inHeron);

/** What an answer tells of the other organisation, beside what whoever asked has said themselves. */
function told(answer: { headers: object; body: string }, sent: string, canaries = king.canaries): string[] {
  const own = [
    ...new Set([...Object.values(king.users), ...Object.values(king.ids), king.canaries[0]!]),
  ].filter((word) => sent.includes(word));
  // The longest first: an address has the word in it.
  const rest = own
    .sort((a, b) => b.length - a.length)
    .reduce((text, word) => text.replaceAll(word, ''), `${JSON.stringify(answer.headers)}\n${answer.body}`);
  return canaries.filter((canary) => rest.includes(canary));
}

/** All that is kept of an organisation, but what a job works off by itself. */
async function kept(): Promise<string> {
  const { connection } = store;
  const of = { organisationId: new connection.base.Types.ObjectId(king.canaries[5]) };
  const names = ['users', 'sessions', 'imports', 'options', 'suppressions', 'mails', 'auditLog'];
  const found = await Promise.all(names.map((name) => connection.collection(name).find(of).toArray()));
  return JSON.stringify(found);
}

/** Bodies in which everything that may name something names what is another organisation's. */
function foreignBodies(path: string): unknown[] {
  const { mentor, mentee } = king.ids;
  const byIds = { mentor, mentees: [mentee] };
  const byEmail = { mentor: king.users.mentor, mentees: [king.users.mentee] };
  if (path.startsWith('/v1/sessions/{id}/meeting')) return [EXAMPLES.MeetingInput];
  if (path.startsWith('/v1/sessions')) {
    return [byIds, byEmail].flatMap((people) => [
      sessionBody({ ...people, start: '2027-06-20T09:30:00Z', categories: [king.ids.option] }),
      { mentees: people.mentees, categories: [king.ids.option] },
      { mentees: [king.ids.session, king.ids.import] },
    ]);
  }
  if (path.startsWith('/v1/users')) {
    const email = king.users.mentor;
    return [{ name: 'One', email, roles: ['mentee'] }, { email }, { organisation: king.canaries[5] }];
  }
  if (path.startsWith('/v1/options')) return [{}, { label: 'Mine', id: king.ids.option }];
  return [{}, { organisationId: king.canaries[5], id: king.ids.session }];
}

t.test('no write with ids of another organisation tells or changes anything of it', async (t) => {
  const before = await kept();
  t.match(before, /Title kingfisher.*Label kingfisher/s);
  const writes = ofTenants.filter(({ method, path }) => method !== 'GET' && !path.startsWith('/v1/auth/'));
  t.ok(writes.length > 20);
  let count = 0;
  for (const { method, path, name } of writes) {
    for (const [whose, other] of [
      [king, king],
      [heron, king],
      [king, heron],
    ] as const) {
      const ids = path.includes('{id}') ? new Set(Object.values(whose.ids)) : ['-'];
      for (const id of ids) {
        const url = path
          .replace('{id}', id)
          .replace('{userId}', other.ids.mentee)
          .replace('{mailId}', other.ids.mail)
          .replace('{list}', 'categories');
        // What is wholly its own is no business of this test, and would be gone.
        if (!/\{(?:userId|mailId)\}/u.test(path) && whose === heron && method === 'DELETE') continue;
        for (const email of path === '/v1/organisation' ? [heron.users.org_admin] : CALLERS) {
          for (const body of method === 'DELETE' ? [undefined] : foreignBodies(path)) {
            const answer = await call(email, method, url, body);
            const leaks = told(answer, `${url} ${JSON.stringify(body)}`);
            if (leaks.length > 0)
              t.fail(`${email} ${name} ${JSON.stringify(body)}: ${leaks} in ${answer.body}`);
            if (answer.statusCode >= 500) t.fail(`${email} ${name} ${answer.body}`);
            count += 1;
          }
        }
      }
    }
  }
  t.comment(`${count} writes`);
  t.equal(await kept(), before, 'everything of the other is as it was');
});

t.test('nobody of another organisation is given a seat', async (t) => {
  const url = `/v1/sessions/${heron.ids.session}/mentees/${king.ids.mentee}`;
  for (const [email, status] of [
    [heron.users.session_manager, 404],
    [heron.users.org_admin, 404],
    [heron.users.mentee, 403],
    [heron.users.mentor, 403],
    [king.users.mentee, 404],
    [king.users.session_manager, 404],
  ] as const) {
    t.equal((await call(email, 'PUT', url)).statusCode, status, email);
  }
  const { mentees } = (
    await call(heron.users.session_manager, 'GET', url.replace(/\/mentees.*/u, ''))
  ).json();
  t.notMatch(JSON.stringify(mentees), king.ids.mentee);
});

t.test('a file that names what is another organisation’s is told nothing either', async (t) => {
  const header =
    'Action,Session ID,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n';
  const file = `${header}Edit,${king.ids.session},One,Two,Public,${king.users.mentor},${king.users.mentee},14-06-2027,IST,18:00,60,A,B,C\n`;
  const type = { 'content-type': 'text/csv' };
  const answer = await call(heron.users.session_manager, 'POST', '/v1/imports', file, type);
  t.same(told(answer, file), []);
});

t.test('no query with a value of another organisation finds anything of it', async (t) => {
  const reads = ofTenants.filter(({ method }) => method === 'GET');
  let count = 0;
  for (const { path, name } of reads) {
    const { parameters = [] } = document.paths[path]!.get!;
    const words = [...Object.values(king.ids), ...Object.values(king.users), king.canaries[0]!];
    for (const parameter of parameters.filter((one) => one.in === 'query')) {
      for (const word of words) {
        const ids = path.includes('{id}') ? Object.values(heron.ids) : ['-'];
        for (const id of new Set(ids)) {
          const query = `${parameter.name}=${encodeURIComponent(word)}`;
          const url = `${path.replace('{id}', id).replace('{list}', 'categories')}?${query}`;
          const answer = await call(heron.users.org_admin, 'GET', url);
          t.same(told(answer, word), [], `${name} ${query}`);
          count += 1;
        }
      }
    }
  }
  t.ok(count > 100, String(count));
});

t.test('organisations that are related see of each other who there is, and what is public', async (t) => {
  const [, , , , , id] = king.canaries;
  const own = (await store.users.findUserByEmail(heron.users.org_admin))!.organisationId;
  await store.organisations.relateOrganisations(own, id!);
  await store.organisations.relateOrganisations(id!, own);
  const { session, option, suppression, mail } = king.ids;
  // Mentees are offered the public sessions of both; nobody else of the other organisation sees them.
  const ofSession = [session, 'Title kingfisher', 'About kingfisher', 'Label kingfisher'];
  const ofImport = [king.ids.import, 'Row kingfisher', 'kingfisher.csv'];
  const within = [...ofImport, option, suppression, mail, 'kingfisher.png', '"passcode":"kingfisher"'];
  const content = [...ofSession, ...within];
  const ids = new Set(Object.values(king.ids));
  let isSeen = false;
  for (const { path, name } of ofTenants.filter(({ method }) => method === 'GET')) {
    for (const one of path.includes('{id}') ? ids : ['-']) {
      const url = path.replace('{id}', one).replace('{list}', 'categories');
      for (const email of CALLERS) {
        const answer = await call(email, 'GET', url);
        const isOffered = email === heron.users.mentee && path.startsWith('/v1/sessions');
        const leaks = told(answer, url, content).filter((word) => !isOffered || !ofSession.includes(word));
        if (leaks.length > 0) t.fail(`${email} ${name}: ${leaks} in ${answer.body}`);
        isSeen ||= path === '/v1/users' && answer.body.includes('Name kingfisher');
      }
    }
  }
  t.ok(isSeen, 'the people of the other are there to be picked');
  // At the time of the other's session.
  for (const mentor of [king.users.mentor, king.ids.mentor]) {
    const answer = await call(heron.users.session_manager, 'POST', '/v1/sessions', sessionBody({ mentor }));
    t.match([answer.statusCode, answer.json().code], [409, 'MENTOR_SLOT_TAKEN']);
    t.equal(answer.json().errors[0].conflict.sessionId, null);
    t.same(told(answer, mentor, content), []);
  }
});
