import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer, startRedis } from '@mentorline/devstack';
import type { TestContext } from './setup.ts';

/** A redis-server for one test alone, for what the others must not feel. @returns its URL */
export async function startOwnRedis(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-redis-'));
  const binary = await findRedisServer(process.env, () => {});
  const server = await startRedis({
    binary,
    dataDir: folder,
    logFile: join(folder, 'redis.log'),
    disposable: true,
  });
  t.teardown(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return server.url;
}
