import { openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayClient, ImportState } from '@mentorline/devstack';
import { connectRedis } from '@mentorline/jobs';
import { createPeople, type Fixtures, runSuite, setup, type TestContext } from '@mentorline/testkit';
import { MENTEES, MENTORS } from './bench-file.ts';
import { cpuSeconds } from './process-usage.ts';
import { startService } from './start-service.ts';

const REPORT_TIMEOUT_MS = 60 * 60_000;

/** Requests are counted, as in production, and none is held back. */
export const LIMITS_NEVER_REACHED = {
  REQUESTS_PER_MINUTE_OF_USER: '1000000000',
  REQUESTS_PER_MINUTE_OF_ADDRESS: '1000000000',
};

export interface BenchSuite extends Fixtures {
  manager: GatewayClient;
  pids: { api: number; notifier: number; importers: readonly number[] };
  /** Where a benchmark may put files. */
  folder: string;
  upload(path: string): Promise<ImportState>;
  /** The next report mail that comes in; to be asked for before its import begins. */
  nextReport(): Promise<void>;
  /** CPU seconds so far. */
  cpuSeconds(): Promise<CpuSeconds>;
  /** The most that Redis has used since it was started. */
  redisPeakBytes(): Promise<number>;
}

interface CpuSeconds {
  mongod: number;
  /** All importers together. */
  importer: number;
}

/**
 * The services as processes of their own, as many importers as asked for, on a database with the people whom the
 * bench file names, and `moreMentors` whom it does not.
 */
export async function startBenchSuite(
  t: TestContext,
  {
    importers = 1,
    moreMentors = 0,
    env = {},
  }: { importers?: number; moreMentors?: number; env?: NodeJS.ProcessEnv },
): Promise<BenchSuite> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-bench-suite-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  await createPeople(store, organisation.id, MENTORS + moreMentors, MENTEES);
  const serviceEnv = {
    ...{ LOG_LEVEL: 'warn', IMPORT_LEASE_MS: '10000', ...env },
    ...LIMITS_NEVER_REACHED,
  };
  const suite = await runSuite(t, fixtures, { env: serviceEnv });
  const others = await Promise.all(
    Array.from({ length: importers - 1 }, (_, index) =>
      startService(t, fixtures, {
        ...{ name: 'importer', env: serviceEnv },
        logFile: join(folder, `importer-${index}.log`),
      }),
    ),
  );
  const pids = {
    api: suite.pid('api'),
    notifier: suite.pid('notifier'),
    importers: [suite.pid('importer'), ...others],
  };
  const mongodPid = (await store.connection.db!.admin().serverStatus()).pid as number;
  const manager = await suite.signIn('manager@example.org');

  let reportArrived = (): void => {};
  suite.inbox.onMessage(() => reportArrived());

  return {
    ...fixtures,
    manager,
    pids,
    folder,

    async upload(path) {
      const form = new FormData();
      form.set('file', await openAsBlob(path, { type: 'text/csv' }), 'sessions.csv');
      // What is measured is the import: its million invitations would be planned and sent beside it.
      form.set('notify', 'false');
      const response = await manager.fetch('/v1/imports', { method: 'POST', body: form });
      if (response.status !== 202) {
        throw new Error(`The upload was answered with ${response.status}: ${await response.text()}`);
      }
      return (await response.json()) as ImportState;
    },

    nextReport: () =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('The report did not come')), REPORT_TIMEOUT_MS);
        reportArrived = () => {
          clearTimeout(timer);
          resolve();
        };
      }),

    async cpuSeconds() {
      const used = await Promise.all(pids.importers.map(cpuSeconds));
      return {
        mongod: await cpuSeconds(mongodPid),
        importer: used.reduce((sum, seconds) => sum + seconds, 0),
      };
    },

    async redisPeakBytes() {
      const redis = connectRedis({ redisUrl: fixtures.redisUrl, prefix: fixtures.queuePrefix });
      const memory = await redis.info('memory');
      redis.disconnect();
      return Number(/^used_memory_peak:(\d+)/mu.exec(memory)?.[1] ?? Number.NaN);
    },
  };
}
