import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { askedGauges, createRegistry, type GaugeValues, Registry, serveHealth } from '../src/index.ts';

const NAMES = {
  depth: { name: 'depth', help: 'how much waits', labelNames: ['queue'] },
  oldest: { name: 'oldest_seconds', help: 'since when' },
};
type Told = Record<'depth' | 'oldest', GaugeValues>;
const TOLD: Told = {
  depth: [
    { labels: { queue: 'imports' }, value: 3 },
    { labels: { queue: 'mails' }, value: 0 },
  ],
  oldest: [{ value: 1.5 }],
};

/** The lines with values. */
async function scrape(registry: Registry): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line && !line.startsWith('#'));
}

t.test('gauges are asked for at each scrape, once for all that one question answers', async (t) => {
  const registry = new Registry();
  let asked = 0;
  let told = TOLD;
  askedGauges(registry, NAMES, async () => {
    asked += 1;
    return told;
  });
  t.same(await scrape(registry), [
    'depth{queue="imports"} 3',
    'depth{queue="mails"} 0',
    'oldest_seconds 1.5',
  ]);
  t.equal(asked, 1);
  told = { depth: [{ labels: { queue: 'imports' }, value: 1 }], oldest: [] };
  t.same(await scrape(registry), ['depth{queue="imports"} 1'], 'what is not told any more has no value');
});

t.test('what cannot be told, or hangs, has no value, and the scrape goes on', async (t) => {
  const registry = new Registry();
  let read: () => Promise<Told> = async () => TOLD;
  let asked = 0;
  askedGauges(registry, NAMES, () => {
    asked += 1;
    return read();
  });
  t.equal((await scrape(registry)).length, 3);
  read = async () => {
    throw new Error('connect ECONNREFUSED');
  };
  t.same(await scrape(registry), []);
  let answer = (_told: Told): void => {};
  read = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const before = asked;
  const started = performance.now();
  t.same(await scrape(registry), []);
  t.same(await scrape(registry), []);
  t.ok(performance.now() - started < 8_000);
  t.equal(asked, before + 1, 'it is not asked again while it hangs');
  answer(TOLD);
  read = async () => TOLD;
  t.equal((await scrape(registry)).length, 3);
});

t.test('the internal port tells the metrics of the process and of what it needs', async (t) => {
  let redis = async (): Promise<void> => {};
  const server = await serveHealth({
    ...{ host: '127.0.0.1', port: 0, registry: createRegistry('small') },
    checks: [
      { name: 'mongodb', whenFailing: 'down', run: async () => {} },
      { name: 'redis', whenFailing: 'degraded', run: () => redis() },
    ],
  });
  t.teardown(() => once(server.close(), 'close'));
  const { port } = server.address() as AddressInfo;
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
    return { type: answer.headers.get('content-type'), status: answer.status, text: await answer.text() };
  };
  const { type, status, text } = await get('/metrics');
  t.equal(status, 200);
  t.match(type, 'text/plain; version=0.0.4');
  for (const name of [
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_seconds',
    'process_cpu_seconds_total',
  ])
    t.match(text, new RegExp(`^${name}\\{service="small"\\} [\\d.e+-]+$`, 'mu'));
  t.match(text, 'mentorline_health_check_ok{check="mongodb",service="small"} 1\n');
  t.match(text, 'mentorline_health_check_ok{check="redis",service="small"} 1\n');
  redis = async () => {
    throw new Error('connect ECONNREFUSED redis://:canary@redis');
  };
  const failing = await get('/metrics');
  t.match(failing.text, 'mentorline_health_check_ok{check="redis",service="small"} 0');
  t.notMatch(failing.text, 'canary');
});

t.test('a service that measures nothing has no metrics', async (t) => {
  const server = await serveHealth({ host: '127.0.0.1', port: 0, checks: [] });
  t.teardown(() => once(server.close(), 'close'));
  const { port } = server.address() as AddressInfo;
  const headers = { connection: 'close' };
  t.equal((await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).status, 404);
});
