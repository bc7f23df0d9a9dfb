import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { type HealthCheck, readiness, runningCheck, serveHealth } from '../src/index.ts';

const fine = async (): Promise<void> => {};
const failing = async (): Promise<void> => {
  throw new Error('connect ECONNREFUSED mongodb://user:canary@db');
};

function check(name: string, whenFailing: HealthCheck['whenFailing'], run = fine): HealthCheck {
  return { name, whenFailing, run };
}

t.test('the worst failing check decides', async (t) => {
  t.same(await readiness([]), { status: 'ok', checks: {} });
  t.same(await readiness([check('mongodb', 'down'), check('redis', 'degraded')]), {
    status: 'ok',
    checks: { mongodb: 'ok', redis: 'ok' },
  });
  t.same(await readiness([check('mongodb', 'down'), check('redis', 'degraded', failing)]), {
    status: 'degraded',
    checks: { mongodb: 'ok', redis: 'failing' },
  });
  t.same(await readiness([check('redis', 'degraded', failing), check('mongodb', 'down', failing)]), {
    status: 'down',
    checks: { mongodb: 'failing', redis: 'failing' },
  });
});

t.test(
  'checks that hang or throw at once fail like any other, and do not add up their waiting',
  async (t) => {
    const hangs = (): Promise<void> => new Promise(() => {});
    const throws = (): Promise<void> => {
      throw new Error('not even a promise');
    };
    const started = performance.now();
    const state = await readiness([
      check('mongodb', 'down', hangs),
      check('redis', 'degraded', hangs),
      check('smtp', 'degraded', throws),
      check('disk', 'down'),
    ]);
    t.same(state.checks, { mongodb: 'failing', redis: 'failing', smtp: 'failing', disk: 'ok' });
    t.equal(state.status, 'down');
    t.ok(performance.now() - started < 3_000, 'two seconds, not four');
  },
);

t.test('the internal port tells liveness and readiness, and nothing about the reasons', async (t) => {
  let redis = fine;
  let mongodb = fine;
  const server = await serveHealth({
    host: '127.0.0.1',
    port: 0,
    checks: [check('mongodb', 'down', () => mongodb()), check('redis', 'degraded', () => redis())],
  });
  t.teardown(async () => {
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
    t.equal(response.headers.get('cache-control'), 'no-store');
    return { status: response.status, body: await response.json() };
  };

  t.match(await ask('/readyz'), { status: 200, body: { status: 'ok' } });
  redis = failing;
  t.match(await ask('/readyz'), { status: 200, body: { status: 'degraded', checks: { redis: 'failing' } } });
  mongodb = failing;
  const down = await ask('/readyz');
  t.match(down, { status: 503, body: { status: 'down', checks: { mongodb: 'failing', redis: 'failing' } } });
  t.notMatch(JSON.stringify(down.body), /canary/);
  t.match(await ask('/healthz'), { status: 200, body: { status: 'ok' } }, 'the process itself still answers');
  t.match(await ask('/metrics'), { status: 404 });
});

t.test('a service that stops is not ready, whatever else is well', async (t) => {
  const running = runningCheck();
  const checks = [running, check('mongodb', 'down')];
  t.equal((await readiness(checks)).status, 'ok');
  running.stop();
  t.same(await readiness(checks), { status: 'down', checks: { running: 'failing', mongodb: 'ok' } });
});

t.test('a port that is taken is told by an error', async (t) => {
  const server = await serveHealth({ host: '127.0.0.1', port: 0, checks: [] });
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  await t.rejects(serveHealth({ host: '127.0.0.1', port, checks: [] }), { code: 'EADDRINUSE' });
});
