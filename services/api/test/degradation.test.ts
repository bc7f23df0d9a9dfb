import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { runSuite, setup, startOwnRedis, startStoppableMongod, waitFor } from '@mentorline/testkit';
import t, { type Test } from 'tap';
import { type Gateway, openGateway, sessionBody } from './open-gateway.ts';

const MANAGER = 'manager@example.org';
const FILE =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
  'Create,One,A talk,Public,asha.rao@example.org,,14-06-2037,IST,15:00,60,Teachers,Communication,English\n';
const CSV = { 'content-type': 'text/csv' };

t.test('without Redis people sign in, sessions are read and written, uploads accepted', async (t) => {
  const redis = await startOwnRedis(t);
  const { call, password } = await openGateway(t, { redisUrl: redis.url });
  const everything = async (start: string) => {
    t.equal((await call(null, 'POST', '/v1/auth/login', { email: MANAGER, password })).statusCode, 200);
    const created = await call(MANAGER, 'POST', '/v1/sessions', sessionBody({ start }), {
      'idempotency-key': start.replaceAll(':', '-'),
    });
    t.equal(created.statusCode, 201);
    t.equal((await call(MANAGER, 'GET', created.headers.location as string)).statusCode, 200);
    t.equal((await call(MANAGER, 'GET', '/v1/sessions')).statusCode, 200);
    t.equal((await call(MANAGER, 'POST', '/v1/imports', FILE, CSV)).statusCode, 202);
  };
  const readiness = async () => (await call(null, 'GET', '/readyz')).json().status;
  await everything('2027-06-14T09:30:00Z');
  t.equal(await readiness(), 'ok');
  await redis.stop();
  const startMs = performance.now();
  await everything('2027-06-15T09:30:00Z');
  t.ok(performance.now() - startMs < 15_000, 'and nobody waits for it');
  t.equal(await readiness(), 'degraded');
  await redis.restart({ keepData: false });
  await waitFor('ready again', async () => (await readiness()) === 'ok', 10_000);
  await everything('2027-06-16T09:30:00Z');
});

t.test('a gateway that starts without Redis serves all the same', async (t) => {
  const { call } = await openGateway(t, { redisUrl: 'redis://127.0.0.1:1' });
  t.equal((await call(MANAGER, 'GET', '/v1/sessions')).statusCode, 200);
});

const ALL_WELL = [200, 201, 202, 200, 401, 202];

async function callsOfTheDatabase({ call, password, token }: Gateway) {
  const authorization = `Bearer ${await token(MANAGER)}`;
  return [
    () => call(null, 'GET', '/v1/sessions', undefined, { authorization }),
    () => call(null, 'POST', '/v1/sessions', sessionBody(), { authorization, 'idempotency-key': 'one' }),
    () => call(null, 'POST', '/v1/imports', FILE, { authorization, ...CSV }),
    () => call(null, 'POST', '/v1/auth/login', { email: MANAGER, password }),
    () => call(null, 'POST', '/v1/auth/refresh', { refreshToken: 'x' }),
    () => call(null, 'POST', '/v1/auth/password-reset', { email: 'nobody@example.org' }),
  ];
}
type Calls = Awaited<ReturnType<typeof callsOfTheDatabase>>;

async function statusesOf(calls: Calls): Promise<number[]> {
  return (await Promise.all(calls.map((ask) => ask()))).map(({ statusCode }) => statusCode);
}

async function allUnavailable(t: Test, { call }: Gateway, calls: Calls, withinMs: number): Promise<void> {
  const startMs = performance.now();
  for (const answer of await Promise.all(calls.map((ask) => ask()))) {
    t.equal(answer.statusCode, 503, answer.body);
    t.match(answer.headers, { 'retry-after': '5', 'content-type': /^application\/problem\+json/ });
    t.equal(answer.json().code, 'UNAVAILABLE');
    t.notMatch(answer.body, /127\.0\.0\.1|ECONN|mongo/i);
  }
  const waitedMs = performance.now() - startMs;
  t.ok(waitedMs < withinMs, `${Math.round(waitedMs)} ms`);
  t.equal((await call(null, 'GET', '/readyz')).statusCode, 503);
  t.equal((await call(null, 'GET', '/healthz')).statusCode, 200);
}

t.test(
  'without MongoDB every call is 503 with Retry-After; with it all is well, without a restart',
  async (t) => {
    const mongod = await startStoppableMongod(t);
    const gateway = await openGateway(t, { mongodbUrl: mongod.url });
    const calls = await callsOfTheDatabase(gateway);
    await mongod.stop();
    await allUnavailable(t, gateway, calls, 15_000);
    await mongod.start();
    await waitFor('the gateway again', async () => (await calls[0]!()).statusCode === 200, 30_000);
    t.same(await statusesOf(calls), ALL_WELL);
  },
);

t.test('a MongoDB that hangs is taken for one that is away, until it answers again', async (t) => {
  const mongod = await startStoppableMongod(t);
  const gateway = await openGateway(t, { mongodbUrl: mongod.url });
  const calls = await callsOfTheDatabase(gateway);
  t.equal((await calls[0]!()).statusCode, 200);
  mongod.freeze();
  await allUnavailable(t, gateway, calls, 25_000);
  await allUnavailable(t, gateway, calls, 15_000);
  mongod.thaw();
  await waitFor('the gateway again', async () => (await calls[0]!()).statusCode === 200, 30_000);
  // Commands that stood in the sockets are carried out now: whoever sent them has gone, and a key is held for a moment.
  await waitFor(
    'every call again',
    async () => (await statusesOf(calls)).every((status, index) => status === ALL_WELL[index]),
    30_000,
  );
});

/** An upload that has begun: its first half is sent. */
async function beginUpload(gatewayUrl: string, accessToken: string) {
  const upload = request(`${gatewayUrl}/v1/imports`, {
    method: 'POST',
    headers: { ...CSV, authorization: `Bearer ${accessToken}`, 'content-length': Buffer.byteLength(FILE) },
  });
  const status = once(upload, 'response').then(
    ([response]) => response.resume().statusCode as number,
    (error: NodeJS.ErrnoException) => error.code,
  );
  upload.write(FILE.slice(0, 50));
  await once(upload, 'socket');
  // Sent is not yet begun to be read.
  await pause(300);
  return { upload, status };
}

async function accessTokenOf(gatewayUrl: string, password: string): Promise<string> {
  const answer = await fetch(`${gatewayUrl}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: MANAGER, password }),
  });
  return ((await answer.json()) as { accessToken: string }).accessToken;
}

t.test('a gateway that is stopped finishes the requests in flight and takes no more', async (t) => {
  const fixtures = await setup(t);
  const suite = await runSuite(t, fixtures, { services: ['api'] });
  const { upload, status } = await beginUpload(
    suite.gatewayUrl,
    await accessTokenOf(suite.gatewayUrl, fixtures.password),
  );
  const stopped = suite.stop('api');
  await waitFor(
    'no further connections',
    () =>
      fetch(`${suite.gatewayUrl}/healthz`).then(
        () => false,
        () => true,
      ),
    5_000,
  );
  upload.end(FILE.slice(50));
  t.equal(await status, 202);
  t.equal(await stopped, 'exit code 0');
});

t.test('a request that does not end is cut off at the deadline', async (t) => {
  const fixtures = await setup(t);
  const suite = await runSuite(t, fixtures, { services: ['api'], env: { STOP_DEADLINE_MS: '1000' } });
  const { status } = await beginUpload(
    suite.gatewayUrl,
    await accessTokenOf(suite.gatewayUrl, fixtures.password),
  );
  const startMs = performance.now();
  t.equal(await suite.stop('api'), 'exit code 0');
  t.ok(performance.now() - startMs < 8_000);
  t.equal(await status, 'ECONNRESET');
});
