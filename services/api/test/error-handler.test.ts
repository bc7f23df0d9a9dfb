import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { AppError } from '@mentorline/runtime';
import Fastify from 'fastify';
import t from 'tap';
import { brokenRequests } from '../src/broken-requests.ts';
import { sendProblem } from '../src/error-handler.ts';
import { openGateway, sessionBody } from './open-gateway.ts';

const gateway = await openGateway(t);
const { app, call, log, store, deps } = gateway;
const MANAGER = 'manager@example.org';

t.test('whatever goes wrong is told as a problem document', async (t) => {
  const json = { 'content-type': 'application/json' };
  const answers = [
    [404, 'NOT_FOUND', await call(null, 'GET', '/nowhere')],
    [404, 'NOT_FOUND', await call(MANAGER, 'GET', '/v1/sessions/not-an-id')],
    [404, 'NOT_FOUND', await call(MANAGER, 'GET', `/v1/sessions/${'x'.repeat(300)}`)],
    [405, 'METHOD_NOT_ALLOWED', await call(MANAGER, 'DELETE', '/v1/imports')],
    [400, 'BODY_INVALID', await call(null, 'GET', '/v1/%E0%A4%A')],
    [400, 'BODY_INVALID', await call(MANAGER, 'POST', '/v1/sessions', '{"title":', json)],
    [422, 'VALIDATION_FAILED', await call(MANAGER, 'POST', '/v1/sessions', '[]', json)],
    [
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      await call(MANAGER, 'POST', '/v1/sessions', 'x', { 'content-type': 'text/plain' }),
    ],
    [
      413,
      'PAYLOAD_TOO_LARGE',
      await call(MANAGER, 'POST', '/v1/sessions', { title: 'x'.repeat(1024 * 1024) }),
    ],
    [401, 'UNAUTHENTICATED', await call(null, 'GET', '/v1/sessions')],
    [403, 'FORBIDDEN', await call('asha.rao@example.org', 'GET', '/v1/imports')],
  ] as const;
  for (const [status, code, answer] of answers) {
    t.equal(answer.statusCode, status, code);
    t.match(answer.headers['content-type'], /^application\/problem\+json/);
    const problem = answer.json();
    t.match(problem, { type: `urn:mentorline:error:${code}`, status, code });
    t.ok(problem.title && problem.detail && Array.isArray(problem.errors));
    t.equal(problem.requestId, answer.headers['x-request-id'] ?? problem.requestId);
    t.notMatch(answer.body, /xxx/, 'nothing is echoed');
  }
});

t.test('405 says what is offered', async (t) => {
  t.equal((await call(null, 'DELETE', '/v1/me')).headers.allow, 'GET, HEAD');
  const asked = await gateway.app.inject({ method: 'OPTIONS', url: '/v1/me' });
  t.match(
    [asked.statusCode, asked.headers.allow, asked.json().code],
    [405, 'GET, HEAD', 'METHOD_NOT_ALLOWED'],
  );
});

t.test('what is not foreseen is logged and hidden', async (t) => {
  const { organisationId } = gateway.users.get(MANAGER)!;
  const organisations = store.connection.collection('organisations');
  const before = await organisations.find().toArray();
  await organisations.deleteMany({});
  const answer = await call(MANAGER, 'GET', '/v1/me');
  await organisations.insertMany(before);
  t.equal(answer.statusCode, 500);
  t.equal(answer.json().code, 'INTERNAL_ERROR');
  t.notMatch(answer.body, new RegExp(organisationId));
  const line = log.find((entry) => entry.includes('request failed'));
  t.match(
    line,
    new RegExp(`"requestId":"${answer.json().requestId}".*organisation ${organisationId} is missing`),
  );
});

t.test('a harmless request id is taken over, any other is not', async (t) => {
  const idOf = async (id: string) =>
    (await call(null, 'GET', '/nowhere', undefined, { 'x-request-id': id })).json().requestId;
  t.equal(await idOf('trace-0123456789'), 'trace-0123456789');
  t.not(await idOf('<script>alert(1)</script>'), '<script>alert(1)</script>');
  t.not(await idOf('short'), 'short');
});

t.test('what passes by itself says when to come back', async (t) => {
  const busy = Fastify().setErrorHandler(sendProblem);
  t.teardown(() => busy.close());
  busy.get('/', () => {
    throw new AppError('UNAVAILABLE', 'Many are booking this mentor; please try again');
  });
  const answer = await busy.inject('/');
  t.equal(answer.statusCode, 503);
  t.equal(answer.headers['retry-after'], '5');
  t.match(answer.json(), { code: 'UNAVAILABLE', detail: /^Many are booking/ });
});

t.test('no answer to somebody who is signed in is kept by a cache', async (t) => {
  for (const [status, path] of [
    [200, '/v1/me'],
    [200, '/v1/sessions'],
    [200, '/v1/imports'],
    [200, '/v1/imports/sample.csv'],
    [404, '/v1/imports/000000000000000000000000'],
    [422, '/v1/sessions?limit=0'],
  ] as const) {
    const answer = await call(MANAGER, 'GET', path);
    t.equal(answer.statusCode, status, path);
    t.equal(answer.headers['cache-control'], 'private, no-store', path);
  }
  const created = await call(MANAGER, 'POST', '/v1/sessions', sessionBody());
  t.match([created.statusCode, created.headers['cache-control']], [201, 'private, no-store']);
});

/** All that a server says to bytes sent on a bare connection. */
async function answerTo(server: Server, bytes: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let answer = '';
  socket.on('data', (piece) => {
    answer += piece;
  });
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

t.test('headers without end are refused', async (t) => {
  const server = createServer().on('clientError', brokenRequests(deps)).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const answer = await answerTo(server, `GET / HTTP/1.1\r\nHost: gateway\r\nCookie: ${'x'.repeat(40_000)}`);
  t.match(
    answer,
    /^HTTP\/1\.1 431 Request Header Fields Too Large.*problem\+json.*"code":"HEADERS_TOO_LARGE"/s,
  );
});

t.test('a request that does not arrive whole in time is told so', async (t) => {
  const server = createServer({ requestTimeout: 50, headersTimeout: 50, connectionsCheckingInterval: 20 })
    .on('clientError', brokenRequests(deps))
    .listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const answer = await answerTo(server, 'GET / HTTP/1.1\r\nHost: gateway\r\n');
  t.match(answer, /^HTTP\/1\.1 408 Request Timeout.*problem\+json.*"code":"REQUEST_TIMEOUT"/s);
});

t.test(
  'a request that is no HTTP is answered with all that any other answer bears, and logged',
  async (t) => {
    await app.listen({ host: '127.0.0.1', port: 0 });
    const usual = (await call(null, 'GET', '/nowhere')).headers;
    for (const bytes of [
      'THIS IS NOT HTTP\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nX: secret-of-the-caller\0\r\n\r\n',
    ]) {
      const [head = '', body = ''] = (await answerTo(app.server, bytes)).split('\r\n\r\n');
      t.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/, bytes);
      const headers = Object.fromEntries(
        head
          .split('\r\n')
          .slice(1)
          .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
      );
      const problem = JSON.parse(body);
      t.match(problem, {
        type: 'urn:mentorline:error:BODY_INVALID',
        status: 400,
        code: 'BODY_INVALID',
        errors: [],
      });
      t.match(problem.requestId, /^[\w-]{36}$/);
      for (const [name, value] of Object.entries(usual)) {
        const isOfTheAnswer = /^(?:x-request-id|date|content-length|connection)$/.test(name);
        t.equal(headers[name], isOfTheAnswer ? headers[name] : value, name);
        t.ok(headers[name], name);
      }
      t.equal(headers['x-request-id'], problem.requestId);
      const logged = log.filter((line) => line.includes(problem.requestId));
      t.match(logged.join(), '"code":"BODY_INVALID"');
    }
    t.notMatch(log.join(''), 'secret-of-the-caller');
  },
);

t.test('an expectation that nobody knows is left unheeded', async (t) => {
  const answer = await answerTo(
    app.server,
    'GET /v1/me HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\nConnection: close\r\n\r\n',
  );
  t.match(answer, /^HTTP\/1\.1 401 .*x-request-id: .*"code":"UNAUTHENTICATED"/is);
});

t.test('an answer that has begun is broken off, rather than mixed with another', async (t) => {
  const server = createServer((_request, response) => void response.write('the beginning'))
    .on('clientError', brokenRequests(deps))
    .listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let answer = '';
  socket.on('data', (piece) => {
    answer += piece;
    if (String(piece).includes('the beginning')) socket.write('THIS IS NOT HTTP\r\n\r\n');
  });
  socket.write('GET / HTTP/1.1\r\nHost: gateway\r\n\r\n');
  await once(socket, 'close');
  t.match(answer, /^HTTP\/1\.1 200 /);
  t.notMatch(answer, 'BODY_INVALID');
});
