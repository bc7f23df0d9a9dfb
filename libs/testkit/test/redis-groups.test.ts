import t from 'tap';
import {
  brokenPromises,
  type Fixtures,
  type RunningSuite,
  runSuite,
  sessionFile,
  setup,
  type TestContext,
  waitFor,
} from '../src/index.ts';
import { startRedisCluster, startRedisSentinel } from '../src/own-redis-group.ts';

const ROWS = 20;

/** The product's main job, over the gateway: a file goes up, its report comes by mail. */
async function uploadAndWait(suite: RunningSuite, day: number): Promise<string | undefined> {
  const manager = await suite.signIn('manager@example.org');
  const rows = Array.from({ length: ROWS }, (_, n) => ({
    ...{ Action: 'Create', title: `Session ${n}`, description: 'About', type: 'Public', Duration: '30' },
    ...{ Mentor: 'asha.rao@example.org', Date: `0${day}-06-2031`, Zone: 'UTC' },
    Time: `${String(n).padStart(2, '0')}:00`,
    ...{ recommended_for: 'Teachers', categories: 'Communication', medium: 'English' },
  }));
  const { id } = await manager.upload(`day-${day}.csv`, new Uint8Array(sessionFile(rows)));
  const ended = await manager.waitForImport(id, () => {});
  return ended.rows?.published === ROWS ? ended.mail?.status : JSON.stringify(ended);
}

async function start(t: TestContext, redisUrl: string): Promise<{ suite: RunningSuite; fixtures: Fixtures }> {
  const fixtures = await setup(t, { redisUrl });
  const suite = await runSuite(t, fixtures, { env: { LOG_LEVEL: 'warn' } });
  return { suite, fixtures };
}

t.test(
  'a file becomes a report on a Redis Cluster, and again after each of its nodes was killed',
  async (t) => {
    const cluster = await startRedisCluster(t);
    const { suite, fixtures } = await start(t, cluster.url);
    t.equal(await uploadAndWait(suite, 1), 'sent');
    for (const node of [0, 1, 2]) {
      await cluster.stop(node);
      const uploaded = uploadAndWait(suite, 2 + node);
      await cluster.start(node);
      t.equal(await uploaded, 'sent', `node ${node} was away`);
    }
    t.equal(await uploadAndWait(suite, 5), 'sent');
    t.same(await brokenPromises(fixtures.store, suite.inbox), []);
    const ready = await fetch(`${suite.gatewayUrl}/readyz`);
    t.same(await ready.json(), { status: 'ok', checks: { running: 'ok', mongodb: 'ok', redis: 'ok' } });
  },
);

t.test('a file becomes a report when Sentinel has another Redis take over', async (t) => {
  const group = await startRedisSentinel(t);
  const { suite, fixtures } = await start(t, group.url);
  t.equal(await uploadAndWait(suite, 1), 'sent');
  await group.stop(0);
  t.equal(await uploadAndWait(suite, 2), 'sent', 'accepted while no Redis is the primary');
  await waitFor('the gateway has found the new primary', async () => {
    const { status } = (await (await fetch(`${suite.gatewayUrl}/readyz`)).json()) as { status: string };
    return status === 'ok';
  });
  t.equal(await uploadAndWait(suite, 3), 'sent');
  t.same(await brokenPromises(fixtures.store, suite.inbox), []);
});

t.test('operators see a Redis Cluster as the worst of its nodes, and that one of them is away', async (t) => {
  const cluster = await startRedisCluster(t);
  const fixtures = await setup(t, { redisUrl: cluster.url });
  const suite = await runSuite(t, fixtures, { services: ['api'], env: { LOG_LEVEL: 'warn' } });
  const operator = await suite.signIn('operator@example.org');
  const look = async () => {
    const { data } = await operator.api.GET('/v1/ops/overview');
    return data;
  };
  const well = await look();
  t.match(
    well?.queues?.map(({ name, waiting }) => ({ name, waiting })),
    [
      { name: 'imports', waiting: 0 },
      { name: 'mails', waiting: 0 },
    ],
  );
  t.match(well?.redis, {
    ...{ reachable: true, version: /^\d+\.\d+/ },
    judgements: [
      { level: 'ok', text: /noeviction is on/ },
      { level: 'ok', text: /appendonly is on/ },
      { level: 'ok', text: /of memory used/ },
    ],
  });

  await cluster.configure(1, 'maxmemory-policy', 'allkeys-lru');
  await cluster.configure(2, 'appendonly', 'no');
  t.match((await look())?.redis.judgements, [
    { level: 'warning', text: /noeviction is off \(allkeys-lru\)/ },
    { level: 'warning', text: /appendonly is off/ },
    { level: 'ok' },
  ]);

  await suite.start('importer');
  await waitFor('an importer warns of it at its start', async () => {
    const logs = await suite.logs();
    return logs.includes('noeviction is off (allkeys-lru)') && logs.includes('appendonly is off');
  });

  await cluster.stop(0);
  await waitFor('a part is away', async () => {
    const { redis, attention } = (await look()) ?? {};
    return (
      redis?.judgements.some(({ level }) => level === 'critical') &&
      attention?.some(({ message }) => /Redis/u.test(message))
    );
  });
  await cluster.start(0);
  await waitFor('all is there again', async () => {
    const { redis, queues } = (await look()) ?? {};
    return queues && redis?.judgements.every(({ level }) => level !== 'critical');
  });
});
