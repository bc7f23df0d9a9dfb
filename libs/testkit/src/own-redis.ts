import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer, startRedis } from '@mentorline/devstack';
import type { TestContext } from './setup.ts';

export interface OwnRedis {
  url: string;
  /** kill -9, and up again on the same port with what had reached its log, or with nothing. */
  restart(options: { keepData: boolean }): Promise<void>;
  stop(): Promise<void>;
  /** It keeps its connections, and says nothing until it is thawed. */
  freeze(): void;
  thaw(): void;
}

/** A redis-server for one test alone, for what the others must not feel. */
export async function startOwnRedis(t: TestContext): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-redis-'));
  const dataDir = join(folder, 'data');
  const binary = await findRedisServer(process.env, () => {});
  const start = (port?: number) =>
    startRedis({
      ...{ binary, dataDir, logFile: join(folder, 'redis.log'), disposable: true },
      ...(port === undefined ? {} : { port }),
    });
  let server = await start();
  t.teardown(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const { url } = server;
  return {
    url,
    async restart({ keepData }) {
      await server.stop();
      if (!keepData) await rm(dataDir, { recursive: true, force: true });
      server = await start(Number(new URL(url).port));
    },
    stop: () => server.stop(),
    freeze: () => void process.kill(server.pid, 'SIGSTOP'),
    thaw: () => void process.kill(server.pid, 'SIGCONT'),
  };
}
