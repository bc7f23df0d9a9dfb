import { fileURLToPath } from 'node:url';
import { freePorts, isReady, startProcess } from '@mentorline/devstack';
import type { Fixtures, TestContext } from '@mentorline/testkit';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;

/**
 * A worker of its own on the benchmark's database and queues, until the benchmark ends.
 * @returns its process id
 */
export async function startService(
  t: TestContext,
  { mongodbUri, redisUrl, queuePrefix }: Fixtures,
  { name, env, logFile }: { name: 'importer' | 'notifier'; env: NodeJS.ProcessEnv; logFile: string },
): Promise<number> {
  const [internalPort] = (await freePorts(1)) as [number];
  const service = await startProcess({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL(`../../../services/${name}/build/src/main.js`, import.meta.url))],
    env: {
      PATH: process.env.PATH,
      MONGODB_URI: mongodbUri,
      REDIS_URL: redisUrl,
      QUEUE_PREFIX: queuePrefix,
      INTERNAL_PORT: String(internalPort),
      ...env,
    },
    logFile,
    isReady: () => isReady(internalPort),
    readyTimeoutMs: START_TIMEOUT_MS,
    stopTimeoutMs: STOP_TIMEOUT_MS,
  });
  t.teardown(() => service.stop());
  return service.pid;
}
