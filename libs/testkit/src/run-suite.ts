import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  freePorts,
  type GatewayClient,
  type Inbox,
  isReady,
  type ManagedProcess,
  signIn,
  startInbox,
  startProcess,
} from '@mentorline/devstack';
import type { Fixtures, TestContext } from './setup.ts';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;

type ServiceName = 'api' | 'importer' | 'notifier';

export interface RunningSuite {
  gatewayUrl: string;
  inbox: Inbox;
  signIn(email: string): Promise<GatewayClient>;
  /** kill -9, as a machine that loses power. */
  kill(name: ServiceName): Promise<void>;
  start(name: ServiceName): Promise<void>;
  pid(name: ServiceName): number;
}

/** The services as processes of their own, on the test's database and queues, with a real mail server. */
export async function runSuite(
  t: TestContext,
  fixtures: Fixtures,
  options: { services?: readonly ServiceName[]; env?: NodeJS.ProcessEnv } = {},
): Promise<RunningSuite> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-suite-'));
  const inbox = await startInbox({ dir: join(folder, 'inbox') });
  const [port, apiPort, importerPort, notifierPort] = (await freePorts(4)) as [
    number,
    number,
    number,
    number,
  ];
  const internalPorts = { api: apiPort, importer: importerPort, notifier: notifierPort };
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const running = new Map<ServiceName, ManagedProcess>();

  const start = async (name: ServiceName): Promise<void> => {
    const started = await startProcess({
      name,
      command: process.execPath,
      args: [join(REPOSITORY, 'services', name, 'build', 'src', 'main.js')],
      env: {
        PATH: process.env.PATH,
        MONGODB_URI: fixtures.mongodbUri,
        REDIS_URL: fixtures.redisUrl,
        QUEUE_PREFIX: fixtures.queuePrefix,
        HOST: '127.0.0.1',
        PORT: String(port),
        PUBLIC_URL: gatewayUrl,
        INTERNAL_PORT: String(internalPorts[name]),
        JWT_SECRET: 'a secret of the test suite, long enough',
        SMTP_URL: inbox.url,
        MAIL_FROM: 'Mentorline <mentorline@example.org>',
        // Short, so that a killed worker's import is taken up soon.
        IMPORT_LEASE_MS: '1500',
        ...options.env,
      },
      logFile: join(folder, `${name}.log`),
      isReady: () => isReady(internalPorts[name]),
      readyTimeoutMs: START_TIMEOUT_MS,
      stopTimeoutMs: STOP_TIMEOUT_MS,
    });
    running.set(name, started);
  };

  t.teardown(async () => {
    await Promise.all([...running.values()].map((service) => service.stop()));
    await inbox.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await Promise.all((options.services ?? ['api', 'importer', 'notifier']).map(start));
  return {
    gatewayUrl,
    inbox,
    start,
    pid: (name) => running.get(name)!.pid,
    signIn: (email) => signIn(gatewayUrl, { email, password: fixtures.password }),
    async kill(name) {
      const service = running.get(name)!;
      process.kill(service.pid, 'SIGKILL');
      await service.ended;
    },
  };
}
