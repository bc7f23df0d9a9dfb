import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ManagedProcess, startProcess } from './managed-process.ts';
import { freePorts, HOST, isReady } from './ports.ts';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const TRACING = join(REPOSITORY, 'libs', 'tracing', 'build', 'src', 'preload.js');
const READY_TIMEOUT_MS = 45_000;
const STOP_TIMEOUT_MS = 10_000;
const RESTART_AFTER_MS = 1_000;
/** A service that ends more often than this without having run for a while in between is given up. */
const MAX_RESTARTS = 5;
const STEADY_MS = 60_000;

export interface Services {
  /** Resolves with what happened when a service cannot be kept running. */
  readonly failed: Promise<string>;
  /** Of the process that is the service now. */
  pidOf(name: ServiceName): number;
  /** Stops them one after the other, the gateway first: nothing new comes in while the others finish. */
  stop(): Promise<void>;
}

type ServiceName = 'api' | 'importer' | 'notifier';

interface Service {
  readonly name: ServiceName;
  readonly readyPort: number;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Starts the three services, each as a process of its own with its own environment and log file, and waits until
 * all are ready. One that ends by itself is started again.
 * @throws StartError with the last words of a service that does not start
 */
export async function startServices(options: {
  dataDir: string;
  env: NodeJS.ProcessEnv;
  /** The gateway's. */
  port: number;
  servers: { mongodbUrl: string; redisUrl: string; smtpUrl: string };
  say: (line: string) => void;
}): Promise<Services> {
  const services = await describeServices(options);
  const running = new Map<ServiceName, ManagedProcess>();
  let stopping = false;

  const start = async (service: Service): Promise<ManagedProcess> => {
    const started = await startProcess({
      name: service.name,
      command: process.execPath,
      args: [
        '--enable-source-maps',
        '--import',
        TRACING,
        join(REPOSITORY, 'services', service.name, 'build', 'src', 'main.js'),
      ],
      cwd: REPOSITORY,
      env: service.env,
      logFile: resolve(options.dataDir, 'logs', `${service.name}.log`),
      isReady: () => isReady(service.readyPort),
      readyTimeoutMs: READY_TIMEOUT_MS,
      stopTimeoutMs: STOP_TIMEOUT_MS,
    });
    running.set(service.name, started);
    return started;
  };

  /** Resolves with what went wrong when the service cannot be kept running. */
  const keepRunning = async (service: Service, first: ManagedProcess): Promise<string> => {
    let current = first;
    let restarts = 0;
    for (;;) {
      const startedAt = performance.now();
      const reason = await current.ended;
      if (stopping) return new Promise(() => {});
      const words = await current.lastWords();
      const what = `${service.name} has ended (${reason})${words ? `; it said last:\n${words.replace(/^/gm, '    ')}` : ''}`;
      restarts = performance.now() - startedAt > STEADY_MS ? 1 : restarts + 1;
      if (restarts > MAX_RESTARTS) return what;
      options.say(`${what}\nStarting ${service.name} again …`);
      await delay(RESTART_AFTER_MS);
      if (stopping) return new Promise(() => {});
      try {
        current = await start(service);
        options.say(`${service.name} is running again.`);
      } catch (error) {
        return (error as Error).message;
      }
    }
  };

  const started = await Promise.all(services.map(start));
  return {
    failed: Promise.race(services.map((service, index) => keepRunning(service, started[index]!))),
    pidOf: (name) => running.get(name)!.pid,
    async stop() {
      stopping = true;
      for (const { name } of services) await running.get(name)?.stop();
    },
  };
}

async function describeServices(options: Parameters<typeof startServices>[0]): Promise<Service[]> {
  const { env, port, servers } = options;
  const [apiInternal, importerInternal, notifierInternal] = await freePorts(3);
  const shared = {
    ...withoutNpm(env),
    NODE_ENV: env.NODE_ENV || 'development',
    MONGODB_URI: servers.mongodbUrl,
    REDIS_URL: servers.redisUrl,
    LOG_LEVEL: env.LOG_LEVEL || 'info',
  };
  const publicUrl = env.PUBLIC_URL || `http://localhost:${port}`;
  return [
    {
      name: 'api',
      readyPort: port,
      env: {
        ...shared,
        HOST,
        PORT: String(port),
        INTERNAL_PORT: String(apiInternal),
        PUBLIC_URL: publicUrl,
        JWT_SECRET: env.JWT_SECRET || (await keptSecret(options.dataDir)),
      },
    },
    {
      name: 'importer',
      readyPort: importerInternal!,
      env: { ...shared, INTERNAL_PORT: String(importerInternal) },
    },
    {
      name: 'notifier',
      readyPort: notifierInternal!,
      env: {
        ...shared,
        INTERNAL_PORT: String(notifierInternal),
        SMTP_URL: servers.smtpUrl,
        MAIL_FROM: env.MAIL_FROM || 'Mentorline <mentorline@example.org>',
        PUBLIC_URL: publicUrl,
      },
    },
  ];
}

/** npm's own variables say nothing to a service and would only hide what does. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name)));
}

/** Made once and kept with the data: whoever is signed in stays so over a restart. */
async function keptSecret(dataDir: string): Promise<string> {
  const file = resolve(dataDir, 'jwt-secret');
  await mkdir(dataDir, { recursive: true });
  try {
    await writeFile(file, randomBytes(48).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFile(file, 'utf8');
}
