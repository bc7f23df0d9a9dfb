import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { freePorts } from '@mentorline/devstack';
import { connectStore } from '@mentorline/store';
import t from 'tap';
import { buildApp } from '../../src/app.ts';
import { openGateway } from '../open-gateway.ts';

t.test('ready when MongoDB and Redis answer', async (t) => {
  const { call } = await openGateway(t);
  t.same((await call(null, 'GET', '/healthz')).json(), { status: 'ok' });
  const ready = await call(null, 'GET', '/readyz');
  t.equal(ready.statusCode, 200);
  t.equal(ready.headers['cache-control'], 'no-store');
  t.same(ready.json(), { status: 'ok', checks: { mongodb: 'ok', redis: 'ok' } });
});

t.test('without Redis it is degraded and says so', async (t) => {
  const [port] = await freePorts(1);
  const { call } = await openGateway(t, { redisUrl: `redis://127.0.0.1:${port}` });
  const degraded = await call(null, 'GET', '/readyz');
  t.equal(degraded.statusCode, 200);
  t.same(degraded.json(), { status: 'degraded', checks: { mongodb: 'ok', redis: 'failing' } });
});

t.test('without MongoDB it lives, is not ready, and asks clients to come back', async (t) => {
  const gateway = await openGateway(t);
  const url = new URL(gateway.mongodbUri);
  const sockets = new Set<Socket>();
  const line = createServer((client) => {
    const server = connect(Number(url.port), url.hostname);
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
  }).listen(0, '127.0.0.1');
  await once(line, 'listening');
  const { port } = line.address() as AddressInfo;
  const store = await connectStore({
    uri: `mongodb://127.0.0.1:${port}${url.pathname}?directConnection=true`,
  });
  const app = await buildApp({ ...gateway.deps, store });
  t.teardown(() => Promise.all([app.close(), store.close()]));
  const headers = { authorization: `Bearer ${await gateway.token('manager@example.org')}` };
  t.equal((await app.inject({ url: '/v1/me', headers })).statusCode, 200);

  line.close();
  for (const socket of sockets) socket.destroy();
  t.equal((await app.inject('/healthz')).statusCode, 200);
  const down = await app.inject('/readyz');
  t.equal(down.statusCode, 503);
  t.same(down.json(), { status: 'down', checks: { mongodb: 'failing', redis: 'ok' } });
  const answer = await app.inject({ url: '/v1/me', headers });
  t.equal(answer.statusCode, 503);
  t.match(answer.json(), { code: 'UNAVAILABLE', status: 503 });
  t.match(answer.headers['retry-after'], /^\d+$/);
  t.notMatch(answer.body, /127\.0\.0\.1|ECONN/);
});
