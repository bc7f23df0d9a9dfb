import t from 'tap';
import { openGateway } from '../open-gateway.ts';
import { readOperations } from './document.ts';
import { createTenant, type Tenant } from './two-organisations.ts';

const gateway = await openGateway(t, {
  env: { REQUESTS_PER_MINUTE_OF_USER: '0', REQUESTS_PER_MINUTE_OF_ADDRESS: '0' },
});
const { call } = gateway;
const reads = (await readOperations(gateway)).filter(({ method }) => method === 'GET');
/** Of the deployment: whoever runs it sees which organisation's a thing is. */
const isOfDeployment = ({ path }: { path: string }): boolean => path.startsWith('/v1/ops/');
const operations = reads.filter((operation) => !isOfDeployment(operation));
const heron = await createTenant(gateway, 'heronwood');
const king = await createTenant(gateway, 'kingfisher');
const LISTS = ['recommended-for', 'categories', 'media'];

/** Every address of a GET, with every id that either organisation has. */
function addresses(): string[] {
  const ids = [heron, king].flatMap((tenant) => Object.values(tenant.ids));
  return operations.flatMap(({ path }) =>
    (path.includes('{list}') ? LISTS : ['']).flatMap((list) =>
      (path.includes('{id}') ? ids : ['']).map((id) => path.replace('{list}', list).replace('{id}', id)),
    ),
  );
}

async function everythingFor(tenant: Tenant): Promise<{ url: string; text: string }[]> {
  const answers: { url: string; text: string }[] = [];
  for (const email of Object.values(tenant.users)) {
    for (const url of addresses()) {
      const answer = await call(email, 'GET', url);
      // The id that was asked for may be told again, the rest may not.
      const text = `${JSON.stringify(answer.headers)}\n${answer.body}`;
      answers.push({ url: `${email} ${url}`, text });
    }
  }
  return answers;
}

t.test('nothing of another organisation stands in anything that can be read', async (t) => {
  for (const [tenant, other] of [
    [heron, king],
    [king, heron],
  ] as const) {
    const answers = await everythingFor(tenant);
    for (const canary of other.canaries) {
      t.same(
        answers.filter(({ text }) => text.includes(canary)).map(({ url }) => url),
        [],
        canary,
      );
    }
    const [own] = tenant.canaries;
    t.ok(answers.filter(({ text }) => text.includes(own!)).length > 20, 'its own words are there');
  }
});

t.test('those who run the deployment see whose a thing is, and nothing of what is in it', async (t) => {
  const paths = reads.filter(isOfDeployment).map(({ path }) => path.replace('{id}', king.ids.import));
  t.ok(paths.length >= 4);
  for (const email of [heron.users.operator, heron.users.observer]) {
    const answers = await Promise.all(paths.map(async (path) => (await call(email, 'GET', path)).body));
    t.ok(answers.some((text) => text.includes('Org kingfisher')));
    const content =
      /(?:Title|Row|About|Label|Post) kingfisher|kingfisher\.csv|mente[er]\.kingfisher|mentor\.kingfisher/u;
    for (const text of answers) t.notMatch(text, content);
  }
});

t.test('nor can it be found by searching and filtering for it', async (t) => {
  const [word] = king.canaries;
  const found = async (url: string): Promise<string> => (await call(heron.users.org_admin, 'GET', url)).body;
  for (const url of [
    `/v1/users?search=${word}`,
    `/v1/sessions?search=${word}`,
    `/v1/sessions?mentor=${king.ids.mentor}`,
    `/v1/sessions?mentor=${encodeURIComponent(king.users.mentor)}`,
    `/v1/audit?user=${king.ids.mentor}`,
    `/v1/audit?target=${king.ids.session}`,
  ]) {
    t.match(JSON.parse(await found(url)), { items: [], total: 0 }, url);
  }
  for (const mentor of [king.users.mentor, king.ids.mentor]) {
    const body = {
      ...{ title: 'One', description: 'Two', type: 'PRIVATE', mentor, mentees: [king.users.mentee] },
      ...{ start: '2027-06-16T09:30:00Z', durationMinutes: 60 },
      ...{ recommendedFor: ['A'], categories: ['B'], medium: ['C'] },
    };
    const answer = await call(heron.users.session_manager, 'POST', '/v1/sessions', body);
    t.equal(answer.statusCode, 422);
    t.same([...new Set(answer.json().errors.map(({ code }: { code: string }) => code))], ['USER_NOT_FOUND']);
    t.notMatch(answer.body, /Name kingfisher|Title kingfisher/);
  }
});
