import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const ORIGIN = 'https://app.example.org';
const preflight = (origin: string, method: string) => ({
  ...{ origin, 'access-control-request-method': method },
  'access-control-request-headers': 'authorization,content-type,idempotency-key,if-match',
});

t.test('browsers of the configured origins may call everything, and read what they need', async (t) => {
  const { app, call } = await openGateway(t, {
    env: { CORS_ORIGINS: `${ORIGIN}, https://other.example.org` },
  });
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await app.inject({
      method: 'OPTIONS',
      url: '/v1/sessions',
      headers: preflight(ORIGIN, method),
    });
    t.equal(answer.statusCode, 204, method);
    t.equal(answer.headers['access-control-allow-origin'], ORIGIN);
    t.match(answer.headers['access-control-allow-methods'], method);
    t.match(answer.headers['access-control-allow-headers'], /idempotency-key/i);
    t.equal(answer.headers['access-control-max-age'], '600');
    t.equal(answer.headers['access-control-allow-credentials'], undefined, 'tokens, not cookies');
  }
  const answer = await call(null, 'GET', '/v1/me', undefined, { origin: ORIGIN });
  t.equal(answer.headers['access-control-allow-origin'], ORIGIN, 'on faults too');
  t.match(answer.headers.vary, /origin/i);
  for (const name of ['etag', 'location', 'retry-after', 'x-request-id', 'idempotency-replayed']) {
    t.match(answer.headers['access-control-expose-headers'], name);
  }
});

t.test('a refusal of one who is too early or too many can be read in a browser, too', async (t) => {
  const { call, app } = await openGateway(t, {
    env: { CORS_ORIGINS: ORIGIN, REQUESTS_PER_MINUTE_OF_ADDRESS: '1' },
  });
  const ask = () => call(null, 'GET', '/v1/me', undefined, { origin: ORIGIN });
  await ask();
  const refused = await ask();
  t.equal(refused.statusCode, 429);
  t.equal(refused.headers['access-control-allow-origin'], ORIGIN);
  const asked = await app.inject({ method: 'OPTIONS', url: '/v1/me' });
  t.equal(asked.statusCode, 204, 'who asks without an origin is answered');
});

t.test('no other origin is let in, and none at all where none is configured', async (t) => {
  const some = await openGateway(t, { env: { CORS_ORIGINS: ORIGIN } });
  const none = await openGateway(t);
  for (const { call } of [some, none]) {
    for (const origin of ['https://evil.example.net', 'https://app.example.org.evil.example.net', 'null']) {
      const answer = await call(null, 'GET', '/v1/me', undefined, { origin });
      t.equal(answer.headers['access-control-allow-origin'], undefined, origin);
    }
  }
});

t.test('every answer tells browsers to be careful', async (t) => {
  const { call } = await openGateway(t);
  for (const answer of [
    await call('manager@example.org', 'GET', '/v1/me'),
    await call(null, 'GET', '/v1/me'),
    await call(null, 'GET', '/nowhere'),
    await call(null, 'GET', '/healthz'),
  ]) {
    t.match(answer.headers, {
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': /max-age=\d+/,
      'x-request-id': /^[\w-]{8,64}$/,
    });
    t.equal(answer.headers['x-powered-by'], undefined);
    t.equal(answer.headers.server, undefined);
  }
});
