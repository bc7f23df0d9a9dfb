import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer, freePorts, startProcess, startRedis } from '@mentorline/devstack';
import { connectRedis } from '@mentorline/jobs';
import type { TestContext } from './setup.ts';
import { waitFor } from './wait-for.ts';

const HOST = '127.0.0.1';
const SLOTS = 16_384;
/** The nodes of a cluster talk to each other on the port that is so much higher. */
const BUS_OFFSET = 10_000;
const HIGHEST_PORT = 65_535;

/** Several redis-servers for one test. */
export interface OwnRedisGroup {
  /** As `REDIS_URL` takes it. */
  url: string;
  /** kill -9. */
  stop(node: number): Promise<void>;
  /** Up again, with what had reached its log. */
  start(node: number): Promise<void>;
}

async function startServers(
  t: TestContext,
  ports: readonly number[],
  argsOf: (node: number) => readonly string[],
): Promise<{ folder: string; binary: string } & Pick<OwnRedisGroup, 'stop' | 'start'>> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-redis-'));
  const binary = await findRedisServer(process.env, () => {});
  const open = (node: number) =>
    startRedis({
      ...{ binary, dataDir: join(folder, `${node}`), logFile: join(folder, `${node}.log`), disposable: true },
      ...{ port: ports[node]!, args: argsOf(node) },
    });
  const servers = await Promise.all(ports.map((_, node) => open(node)));
  t.teardown(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  });
  return {
    ...{ folder, binary },
    stop: (node) => servers[node]!.stop(),
    async start(node) {
      servers[node] = await open(node);
    },
  };
}

async function tell(port: number, ...command: readonly (string | number)[]): Promise<unknown> {
  const redis = connectRedis({ redisUrl: `redis://${HOST}:${port}`, prefix: '' });
  try {
    const [name, ...args] = command;
    return await redis.call(String(name), ...args);
  } finally {
    redis.disconnect();
  }
}

/** Three primaries that share the slots; `configure` sets what one of them is to do from now on. */
export async function startRedisCluster(
  t: TestContext,
): Promise<OwnRedisGroup & { configure(node: number, setting: string, value: string): Promise<void> }> {
  const free = (await freePorts(30)).filter((port) => port + BUS_OFFSET <= HIGHEST_PORT);
  const ports = free.slice(0, 3);
  if (ports.length < 3) throw new Error('There are no three free ports low enough for a cluster');
  const group = await startServers(t, ports, () => [
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'],
  ]);
  const share = Math.ceil(SLOTS / ports.length);
  for (const [node, port] of ports.entries()) {
    const last = Math.min(SLOTS, (node + 1) * share);
    const slots = Array.from({ length: last - node * share }, (_, slot) => node * share + slot);
    await tell(port, 'CLUSTER', 'ADDSLOTS', ...slots);
    await tell(port, 'CLUSTER', 'SET-CONFIG-EPOCH', node + 1);
  }
  for (const port of ports.slice(1)) await tell(ports[0]!, 'CLUSTER', 'MEET', HOST, port);
  const isWhole = async (): Promise<boolean> => {
    const states = await Promise.all(ports.map((port) => tell(port, 'CLUSTER', 'INFO')));
    return states.every((state) => /cluster_state:ok[\s\S]*cluster_known_nodes:3/u.test(String(state)));
  };
  await waitFor('the cluster is whole', isWhole);
  return {
    url: `redis+cluster://${ports.map((port) => `${HOST}:${port}`).join(',')}`,
    stop: group.stop,
    async start(node) {
      await group.start(node);
      await waitFor('the cluster is whole again', isWhole);
    },
    async configure(node, setting, value) {
      await tell(ports[node]!, 'CONFIG', 'SET', setting, value);
    },
  };
}

/** A primary (0), a replica of it (1), and a sentinel that lets the replica take over. */
export async function startRedisSentinel(t: TestContext): Promise<OwnRedisGroup> {
  const [primary, replica, port] = (await freePorts(3)) as [number, number, number];
  const group = await startServers(t, [primary, replica], (node) =>
    node === 0 ? [] : ['--replicaof', HOST, String(primary)],
  );
  const file = join(group.folder, 'sentinel.conf');
  await writeFile(
    file,
    `port ${port}\nbind ${HOST}\nsentinel monitor mymaster ${HOST} ${primary} 1\n` +
      'sentinel down-after-milliseconds mymaster 1000\nsentinel failover-timeout mymaster 5000\n',
  );
  const sentinel = await startProcess({
    ...{ name: 'sentinel', command: group.binary, args: [file, '--sentinel'] },
    logFile: join(group.folder, 'sentinel.log'),
    isReady: async () => {
      const known = await tell(port, 'SENTINEL', 'REPLICAS', 'mymaster').catch(() => []);
      return Array.isArray(known) && known.length === 1;
    },
    ...{ readyTimeoutMs: 60_000, stopTimeoutMs: 5_000 },
  });
  t.teardown(() => sentinel.stop());
  return { url: `redis+sentinel://${HOST}:${port}?name=mymaster`, stop: group.stop, start: group.start };
}
