import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
import { REPOSITORY } from './repository.ts';
import type { Fixtures, TestContext } from './setup.ts';
import { waitFor } from './wait-for.ts';

/** Only what hangs takes so long, however busy the machine is. */
const START_TIMEOUT_MS = 240_000;
const STOP_TIMEOUT_MS = 15_000;

const PROGRAMS = {
  api: 'api',
  'second api': 'api',
  importer: 'importer',
  'second importer': 'importer',
  notifier: 'notifier',
  'second notifier': 'notifier',
} as const;
export type ServiceName = keyof typeof PROGRAMS;
const NAMES = Object.keys(PROGRAMS);
const TRACING = join(REPOSITORY, 'libs', 'tracing', 'build', 'src', 'preload.js');

export interface RunningSuite {
  gatewayUrl: string;
  /** Of the gateway, and of the second one. */
  gatewayUrls: readonly [string, string];
  inbox: Inbox;
  signIn(email: string): Promise<GatewayClient>;
  /** kill -9, as a machine that loses power. */
  kill(name: ServiceName): Promise<void>;
  /** SIGTERM, as an operator stops it, so long after it is up. Resolves when it has ended, with how. */
  stop(name: ServiceName, afterMs?: number): Promise<string>;
  start(name: ServiceName): Promise<void>;
  pid(name: ServiceName): number;
  isUp(name: ServiceName): boolean;
  /** Of what is for operators only. */
  internalUrl(name: ServiceName): string;
  /** All lines that the services have written so far. */
  logs(): Promise<string>;
}

interface SuiteOptions {
  /** Started at once; the others when they are asked for. */
  services?: readonly ServiceName[];
  /** Of all services. */
  env?: NodeJS.ProcessEnv;
  /** Of one alone. */
  envOf?: Partial<Record<ServiceName, NodeJS.ProcessEnv>>;
  /** Starts a service again whenever it has ended, as a container platform would. */
  supervised?: boolean;
  /** In place of one of the suite's own; whoever gives it stops it. */
  inbox?: Inbox;
  /** Told of each end of a service that was up: how it ended, and what it said last. */
  onEnd?: (name: ServiceName, how: string, lastWords: string) => void;
}

/** The services as processes of their own, on the test's database and queues, with a real mail server. */
export async function runSuite(
  t: TestContext,
  fixtures: Fixtures,
  options: SuiteOptions = {},
): Promise<RunningSuite> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-suite-'));
  const inbox = options.inbox ?? (await startInbox({ dir: join(folder, 'inbox') }));
  const services = options.services ?? (['api', 'importer', 'notifier'] as const);
  const [port, secondPort, ...internalPorts] = (await freePorts(2 + NAMES.length)) as [
    ...[number, number],
    ...number[],
  ];
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const running = new Map<ServiceName, ManagedProcess>();
  const watches: Promise<void>[] = [];
  let isOver = false;

  const start = async (name: ServiceName): Promise<void> => {
    const internalPort = internalPorts[NAMES.indexOf(name)]!;
    const started = await startProcess({
      name,
      command: process.execPath,
      args: ['--import', TRACING, join(REPOSITORY, 'services', PROGRAMS[name], 'build', 'src', 'main.js')],
      env: {
        PATH: process.env.PATH,
        MONGODB_URI: fixtures.mongodbUri,
        REDIS_URL: fixtures.redisUrl,
        QUEUE_PREFIX: fixtures.queuePrefix,
        HOST: '127.0.0.1',
        PORT: String(name === 'second api' ? secondPort : port),
        PUBLIC_URL: gatewayUrl,
        INTERNAL_PORT: String(internalPort),
        JWT_SECRET: 'a secret of the test suite, long enough',
        SMTP_URL: inbox.url,
        MAIL_FROM: 'Mentorline <mentorline@example.org>',
        // What else the machine does is no test's business.
        MAX_EVENT_LOOP_DELAY_MS: '0',
        // Long: a test that is not about session mails finds no other mail in the inbox than those it waits for.
        SESSION_MAIL_DELAY_MS: '3600000',
        // Short, so that a killed worker's import is taken up soon.
        IMPORT_LEASE_MS: '1500',
        MAIL_LEASE_MS: '3000',
        ...options.env,
        ...options.envOf?.[name],
      },
      logFile: join(folder, `${name}.log`),
      isReady: () => isReady(internalPort),
      readyTimeoutMs: START_TIMEOUT_MS,
      stopTimeoutMs: STOP_TIMEOUT_MS,
    });
    running.set(name, started);
    void started.ended.then(async (how) => {
      running.delete(name);
      options.onEnd?.(name, how, await started.lastWords());
    });
  };
  /** The process that is the service now, or as soon as it is up again. */
  const current = (name: ServiceName): Promise<ManagedProcess> =>
    waitFor(`${name} runs`, async () => running.get(name));
  const keepRunning = async (name: ServiceName): Promise<void> => {
    while (!isOver) {
      await running.get(name)?.ended;
      // One that ends before it is ready was meant to: that is tried again too.
      while (
        !isOver &&
        (await start(name).then(
          () => false,
          () => true,
        ))
      );
    }
  };

  t.teardown(async () => {
    isOver = true;
    const stopAll = () => Promise.all([...running.values()].map((service) => service.stop()));
    await stopAll();
    await Promise.all(watches);
    // What a watch was just starting.
    await stopAll();
    if (!options.inbox) await inbox.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await Promise.all(services.map(start));
  if (options.supervised) watches.push(...services.map(keepRunning));
  return {
    gatewayUrl,
    gatewayUrls: [gatewayUrl, `http://127.0.0.1:${secondPort}`],
    inbox,
    start,
    pid: (name) => running.get(name)!.pid,
    isUp: (name) => running.has(name),
    internalUrl: (name) => `http://127.0.0.1:${internalPorts[NAMES.indexOf(name)]}`,
    async logs() {
      const files = (await readdir(folder)).filter((file) => file.endsWith('.log'));
      return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('');
    },
    signIn: (email) => signIn(gatewayUrl, { email, password: fixtures.password }),
    async kill(name) {
      const service = await current(name);
      process.kill(service.pid, 'SIGKILL');
      await service.ended;
    },
    async stop(name, afterMs = 0) {
      const service = await current(name);
      await Promise.race([delay(afterMs), service.ended]);
      if (running.get(name) === service) process.kill(service.pid, 'SIGTERM');
      return service.ended;
    },
  };
}
