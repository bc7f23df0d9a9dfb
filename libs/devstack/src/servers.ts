import { join, resolve } from 'node:path';
import { findMongod, findRedisServer } from './binaries.ts';
import { type Inbox, startInbox } from './inbox.ts';
import { startInboxPage } from './inbox-page.ts';
import type { RunningServer } from './managed-process.ts';
import { startMongod } from './mongod.ts';
import { startRedis } from './redis.ts';
import { StartError } from './start-error.ts';

export interface Servers {
  readonly mongodbUrl: string;
  readonly redisUrl: string;
  readonly smtpUrl: string;
  /** Absent where SMTP_URL names a relay. */
  readonly inbox: Inbox | undefined;
  /** Where a browser shows what the inbox holds. */
  readonly inboxUrl: string | undefined;
  /** Whether MongoDB was started here, and is not somebody's own. */
  readonly ownMongodb: boolean;
  /** Resolves with what happened when a server started here ends before `stop`. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/**
 * MongoDB, Redis and a mail server: those that `env` names (MONGODB_URI, REDIS_URL, SMTP_URL), the others started
 * here with their data in `dataDir`. None of them outlives this process.
 * @param options.disposable the data is not needed after `stop`, which is quicker then
 * @param options.cacheGigabytes of a MongoDB that is started here; one unless said
 * @throws StartError when one does not start; the others are stopped again
 */
export async function startServers(options: {
  dataDir: string;
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
  disposable?: boolean;
  cacheGigabytes?: number;
}): Promise<Servers> {
  const { env, say, disposable = false, cacheGigabytes } = options;
  const folder = (name: string): string => resolve(options.dataDir, name);
  const paths = (name: string) => ({
    dataDir: folder(name),
    logFile: join(folder('logs'), `${name}.log`),
    disposable,
  });
  const started: { stop(): Promise<void> }[] = [];
  const kept = <Server extends { stop(): Promise<void> }>(server: Server): Server => {
    started.push(server);
    return server;
  };

  const [mongod, redis, inbox] = await Promise.allSettled([
    env.MONGODB_URI
      ? undefined
      : findMongod(env, say)
          .then((binary) => startMongod({ binary, cacheGigabytes, ...paths('mongodb') }))
          .then(kept),
    env.REDIS_URL
      ? undefined
      : findRedisServer(env, say)
          .then((binary) => startRedis({ binary, ...paths('redis') }))
          .then(kept),
    env.SMTP_URL ? undefined : startInbox({ dir: folder('inbox') }).then(kept),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
  };
  if (mongod.status === 'rejected' || redis.status === 'rejected' || inbox.status === 'rejected') {
    await stop();
    const failures = [mongod, redis, inbox].flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    const bug = failures.find((failure) => !(failure instanceof StartError));
    throw bug ?? new StartError(failures.map(({ message }: StartError) => message).join('\n\n'));
  }
  const page = inbox.value && kept(await startInboxPage(inbox.value));
  return {
    mongodbUrl: mongod.value?.url ?? env.MONGODB_URI!,
    redisUrl: redis.value?.url ?? env.REDIS_URL!,
    smtpUrl: inbox.value?.url ?? env.SMTP_URL!,
    inbox: inbox.value,
    inboxUrl: page?.url,
    ownMongodb: mongod.value !== undefined,
    failed: Promise.race([endOf('mongod', mongod.value), endOf('redis-server', redis.value)]),
    stop,
  };
}

async function endOf(name: string, server: RunningServer | undefined): Promise<string> {
  if (!server) return new Promise(() => {});
  return `${name} has ended (${await server.ended})`;
}
