import { newId } from '@mentorline/store';
import { startOwnRedis, startStoppableMongod, waitFor } from '@mentorline/testkit';
import t from 'tap';
import { OBSERVER, OPERATOR, type OpsGateway, openOps } from './operators.ts';

async function signIn({ app, password }: OpsGateway, email: string): Promise<string> {
  const headers = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };
  const payload = new URLSearchParams({ email, password }).toString();
  const answer = await app.inject({ method: 'POST', url: '/ops/login', headers, payload });
  return String(answer.headers['set-cookie']).split(';')[0]!;
}

async function openBoard(...[t, options]: Parameters<typeof openOps>) {
  const gateway = await openOps(t, options);
  const cookies = {
    [OPERATOR]: await signIn(gateway, OPERATOR),
    [OBSERVER]: await signIn(gateway, OBSERVER),
  };
  const ask = (email: keyof typeof cookies, method: 'GET' | 'PUT' | 'POST', url: string, payload?: object) =>
    gateway.app.inject({
      ...{ method, url: `/ops/queues${url}` },
      headers: { cookie: cookies[email]!, 'sec-fetch-site': 'same-origin' },
      ...(payload ? { payload } : {}),
    });
  return { ...gateway, ask };
}

t.test('the board and all that it loads is served from here', async (t) => {
  const { ask } = await openBoard(t);
  const page = await ask(OPERATOR, 'GET', '/');
  t.equal(page.statusCode, 200);
  t.match(page.body, '<base href="/ops/queues/"');
  t.match(page.headers['content-security-policy'], /script-src 'self';.*connect-src 'self'/);
  const assets = [...page.body.matchAll(/(?:src|href)="(static\/[^"]+\.(?:js|css))"/g)].map(
    ([, path]) => path!,
  );
  t.ok(assets.length >= 3);
  for (const path of assets) t.equal((await ask(OPERATOR, 'GET', `/${path}`)).statusCode, 200, path);
});

t.test('jobs are shown by their ids, with nothing else that was put into them', async (t) => {
  const { ask, deps } = await openBoard(t);
  const importId = newId();
  await deps.queues.queues.get('imports')!.add('run-import', { importId, title: 'Kingfisher' });
  const listed = await ask(
    OPERATOR,
    'GET',
    '/api/queues?activeQueue=imports&status=waiting&page=1&jobsPerPage=10',
  );
  t.equal(listed.statusCode, 200, listed.body);
  t.match(listed.json().queues[0], { name: 'imports', readOnlyMode: false, jobs: [{ data: { importId } }] });
  const { id } = listed.json().queues[0].jobs[0];
  const one = await ask(OPERATOR, 'GET', `/api/queues/imports/${id}`);
  t.same(one.json().job.data, { importId });
  for (const { body } of [listed, one]) t.notMatch(body, 'Kingfisher');
});

t.test('operators act, and each act is noted; for observers all is read-only', async (t) => {
  const { ask, call, deps } = await openBoard(t);
  const paused = async () => (await deps.queues.look())?.find(({ name }) => name === 'mails')?.paused;
  const seen = (await ask(OBSERVER, 'GET', '/api/queues')).json();
  t.match(seen.queues, [{ readOnlyMode: true, allowRetries: false }, { readOnlyMode: true }]);
  const spelt = (await ask(OBSERVER, 'GET', '/%61pi/queues')).json();
  t.match(spelt.queues, [{ readOnlyMode: true }, { readOnlyMode: true }], 'however its address is spelt');
  t.equal((await ask(OBSERVER, 'PUT', '/api/queues/mails/pause')).statusCode, 403);
  t.equal(await paused(), false);

  t.equal((await ask(OPERATOR, 'PUT', '/api/queues/mails/pause')).statusCode, 200);
  t.equal(await paused(), true);
  await ask(OPERATOR, 'PUT', '/api/queues/mails/resume');
  const { items } = (await call(OPERATOR, 'GET', '/v1/ops/audit')).json();
  t.match(items.slice(0, 2), [
    { action: 'board.resume', target: { kind: 'queue', id: 'mails' } },
    { action: 'board.pause', user: { email: OPERATOR } },
  ]);
});

t.test('another site cannot act through an operator who is signed in', async (t) => {
  const gateway = await openOps(t);
  const cookie = await signIn(gateway, OPERATOR);
  const answer = await gateway.app.inject({
    ...{ method: 'PUT', url: '/ops/queues/api/queues/mails/pause' },
    headers: { cookie, 'sec-fetch-site': 'cross-site' },
  });
  t.equal(answer.statusCode, 403);
  t.equal((await gateway.deps.queues.look())?.find(({ name }) => name === 'mails')?.paused, false);
});

t.test('while Redis is silent the board says so, and nothing is done later', async (t) => {
  const redis = await startOwnRedis(t);
  const { ask, call, deps } = await openBoard(t, { redisUrl: redis.url });
  t.equal((await ask(OPERATOR, 'GET', '/api/queues')).statusCode, 200);
  redis.freeze();
  t.teardown(() => redis.thaw());
  const answers = [
    await ask(OPERATOR, 'GET', '/api/queues'),
    await ask(OPERATOR, 'PUT', '/api/queues/mails/pause'),
  ];
  t.match(
    answers.map((answer) => [answer.statusCode, answer.json()]),
    Array(2).fill([503, { error: 'Redis does not answer' }]),
  );
  redis.thaw();
  const states = await waitFor('the queues to be seen again', () => deps.queues.look());
  t.match(
    states.find(({ name }) => name === 'mails'),
    { paused: false },
  );
  const { items } = (await call(OPERATOR, 'GET', '/v1/ops/audit')).json();
  t.notOk(items.some(({ action }: { action: string }) => action === 'board.pause'));
});

t.test('while MongoDB is away all pages say so, within ten seconds, and nothing else', async (t) => {
  const mongod = await startStoppableMongod(t);
  const gateway = await openOps(t, { mongodbUrl: mongod.url });
  const cookie = await signIn(gateway, OPERATOR);
  await mongod.stop();
  const startMs = performance.now();
  const answers = await Promise.all(
    ['/ops', '/ops/dead-letters', '/ops/queues', '/ops/queues/api/queues'].map((url) =>
      gateway.app.inject({ url, headers: { cookie, accept: 'text/html' } }),
    ),
  );
  t.ok(performance.now() - startMs < 10_000);
  for (const { statusCode, body } of answers) {
    t.equal(statusCode, 503, body);
    t.match(body, 'MongoDB does not answer');
    t.notMatch(body, /127\.0\.0\.1|ECONN/u);
  }
  await mongod.start();
});
