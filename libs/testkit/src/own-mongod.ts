import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMongod, startMongod } from '@mentorline/devstack';
import type { TestContext } from './setup.ts';

/**
 * A mongod for one test alone, for what the others must not feel; it knows the commands that inject faults
 * (`configureFailPoint`).
 * @returns its URL, for `setup`
 */
export async function startOwnMongod(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-mongod-'));
  const server = await startMongod({
    binary: await findMongod(process.env, () => {}),
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'mongod.log'),
    cacheGigabytes: 0.25,
    disposable: true,
    parameters: { enableTestCommands: '1' },
  });
  t.teardown(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return server.url;
}
