import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startServers } from '@mentorline/devstack';
import type { TestContext } from '@mentorline/testkit';

/** Of MongoDB's cache; one gigabyte unless said. */
export interface ServerSize {
  cacheGigabytes?: number;
}

/** Says what is measured, and runs it on fresh servers. */
export type Measure = <Result>(
  what: string,
  run: (t: TestContext) => Promise<Result>,
  size?: ServerSize,
) => Promise<Result>;

/**
 * Runs a benchmark on servers that nothing else has used: no data of another one is in their caches, and their own
 * record of what they needed at most is that of this one.
 * @param folder where the servers' data may go
 */
export async function onFreshServers<Result>(
  folder: string,
  measure: (t: TestContext) => Promise<Result>,
  size: ServerSize = {},
): Promise<Result> {
  const dataDir = await mkdtemp(join(folder, 'servers-'));
  const servers = await startServers({
    dataDir,
    env: process.env,
    say: console.log,
    disposable: true,
    ...size,
  });
  process.env.MENTORLINE_TEST_MONGODB_URI = servers.mongodbUrl;
  process.env.MENTORLINE_TEST_REDIS_URL = servers.redisUrl;
  const teardowns: (() => unknown)[] = [];
  try {
    return await measure({ teardown: (run) => teardowns.push(run) });
  } finally {
    for (const run of teardowns.reverse()) await run();
    await servers.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
