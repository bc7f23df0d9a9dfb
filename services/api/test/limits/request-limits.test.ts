import { startOwnRedis } from '@mentorline/testkit';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';

t.test('each person may send so many requests a minute, from wherever', async (t) => {
  const { call } = await openGateway(t, {
    env: { REQUESTS_PER_MINUTE_OF_USER: '3', TRUST_PROXY: '127.0.0.1' },
  });
  const ask = (email: string, address: string) =>
    call(email, 'GET', '/v1/me', undefined, { 'x-forwarded-for': address });
  for (let n = 0; n < 3; n += 1) t.equal((await ask(MANAGER, `192.0.2.${n}`)).statusCode, 200);
  for (let n = 0; n < 2; n += 1) {
    const refused = await ask(MANAGER, '192.0.2.9');
    t.equal(refused.statusCode, 429);
    t.match(refused.headers, { 'content-type': /^application\/problem\+json/, 'retry-after': /^\d+$/ });
    t.ok(Number(refused.headers['retry-after']) <= 60);
    t.equal(refused.json().code, 'TOO_MANY_REQUESTS');
  }
  t.equal((await ask('admin@example.org', '192.0.2.9')).statusCode, 200, 'others go on');
});

t.test('each address may, signed in or not; health is told all the same', async (t) => {
  const { call } = await openGateway(t, { env: { REQUESTS_PER_MINUTE_OF_ADDRESS: '4' } });
  t.equal((await call(MANAGER, 'GET', '/v1/me')).statusCode, 200);
  t.equal((await call(null, 'GET', '/v1/me')).statusCode, 401);
  t.equal((await call(null, 'GET', '/v1/me', undefined, { authorization: 'Bearer x' })).statusCode, 401);
  t.equal((await call(null, 'POST', '/v1/auth/refresh', { refreshToken: 'x' })).statusCode, 401);
  for (const answer of [
    await call(null, 'GET', '/v1/me'),
    await call(MANAGER, 'GET', '/v1/me'),
    await call(null, 'POST', '/v1/auth/refresh', { refreshToken: 'x' }),
  ]) {
    t.equal(answer.statusCode, 429);
    t.equal(answer.json().code, 'TOO_MANY_REQUESTS');
  }
  t.equal((await call(null, 'GET', '/healthz')).statusCode, 200);
});

t.test('while Redis is away nobody is counted and nobody kept out, which is said once', async (t) => {
  const redis = await startOwnRedis(t);
  const { call, log } = await openGateway(t, {
    redisUrl: redis.url,
    env: { REQUESTS_PER_MINUTE_OF_USER: '2', SIGN_IN_FAILURES_PER_ACCOUNT: '1' },
  });
  const ask = async () => (await call(MANAGER, 'GET', '/v1/me')).statusCode;
  t.same([await ask(), await ask(), await ask()], [200, 200, 429]);
  await redis.stop();
  t.same(
    [await call('admin@example.org', 'GET', '/v1/me')].map(({ statusCode }) => statusCode),
    [200],
  );
  for (let n = 0; n < 5; n += 1) t.equal((await call('admin@example.org', 'GET', '/v1/me')).statusCode, 200);
  for (let n = 0; n < 3; n += 1) {
    const answer = await call(null, 'POST', '/v1/auth/login', { email: MANAGER, password: 'wrong' });
    t.equal(answer.statusCode, 401);
  }
  const warnings = log.filter((line) => line.includes('limits are not counted'));
  t.equal(warnings.length, 1);
  t.match(warnings[0], /"level":40/);
});

t.test('a Redis that hangs costs a request a moment, and the next ones nothing', async (t) => {
  const redis = await startOwnRedis(t);
  const { call } = await openGateway(t, { redisUrl: redis.url });
  t.equal((await call(MANAGER, 'GET', '/v1/me')).statusCode, 200);
  redis.freeze();
  t.teardown(() => redis.thaw());
  const timed = async () => {
    const start = performance.now();
    t.equal((await call(MANAGER, 'GET', '/v1/me')).statusCode, 200);
    return performance.now() - start;
  };
  const times = [await timed(), await timed(), await timed()];
  t.ok(times[0]! < 1_000, `${times[0]} ms`);
  t.ok(times[1]! < 200 && times[2]! < 200, `${times.slice(1)} ms`);
});
