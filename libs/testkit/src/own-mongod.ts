import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMongod, startMongod } from '@mentorline/devstack';
import type { TestContext } from './setup.ts';

export interface OwnMongod {
  /** For `setup`. */
  url: string;
  /** kill -9. */
  stop(): Promise<void>;
  /** Up again on the same port, with what it had. */
  start(): Promise<void>;
  /** Goes on taking connections, and answers nothing. */
  freeze(): void;
  thaw(): void;
}

/**
 * A mongod for one test alone, for what the others must not feel; it knows the commands that inject faults
 * (`configureFailPoint`).
 * @returns its URL, for `setup`
 */
export async function startOwnMongod(t: TestContext): Promise<string> {
  return (await startStoppableMongod(t)).url;
}

/** The same, for a test that takes it away and brings it back. */
export async function startStoppableMongod(
  t: TestContext,
  parameters: Readonly<Record<string, string>> = {},
): Promise<OwnMongod> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-mongod-'));
  const binary = await findMongod(process.env, () => {});
  const start = (port?: number) =>
    startMongod({
      binary,
      dataDir: join(folder, 'data'),
      logFile: join(folder, 'mongod.log'),
      cacheGigabytes: 0.25,
      disposable: true,
      parameters: { enableTestCommands: '1', ...parameters },
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
    stop: () => server.stop(),
    async start() {
      server = await start(Number(new URL(url).port));
    },
    freeze: () => void process.kill(server.pid, 'SIGSTOP'),
    thaw: () => void process.kill(server.pid, 'SIGCONT'),
  };
}
