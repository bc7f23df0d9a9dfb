import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { type RunningServer, startProcess } from './managed-process.ts';
import { acceptsConnections, freePort, HOST } from './ports.ts';
import { StartError } from './start-error.ts';

const REPLICA_SET = 'rs0';
const POLL_MS = 20;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/**
 * What was dropped stays readable as of before for five minutes, by default, and a file that nobody uses stays open for ten:
 * with a database for each test there come to be more files than a process may have open.
 */
const FILES_SOON_CLOSED = 'file_manager=(close_idle_time=10,close_scan_interval=5,close_handle_minimum=250)';

/**
 * Starts a `mongod` as a replica set of one member (transactions and change streams need a replica set) and waits
 * until it takes writes. A data folder written under another port is taken over as it is.
 * @returns `url`: a connection string without a database name
 * @throws StartError when it does not start or the data folder is in use
 */
export async function startMongod(options: {
  binary: string;
  dataDir: string;
  logFile: string;
  port?: number;
  cacheGigabytes?: number | undefined;
  /** The data is worthless after the stop, which may then be abrupt. */
  disposable?: boolean;
  /** Further server parameters, by name. */
  parameters?: Readonly<Record<string, string>>;
}): Promise<RunningServer> {
  const port = options.port ?? (await freePort());
  await mkdir(options.dataDir, { recursive: true });
  const server = await startProcess({
    name: 'mongod',
    command: options.binary,
    args: [
      ...['--dbpath', options.dataDir, '--replSet', REPLICA_SET],
      ...['--port', String(port), '--bind_ip', HOST, '--nounixsocket'],
      // The defaults take half of the memory and a share of the disk: too much on a laptop or in CI.
      ...['--wiredTigerCacheSizeGB', String(options.cacheGigabytes ?? 1), '--oplogSize', '1024', '--quiet'],
      ...Object.entries({
        diagnosticDataCollectionEnabled: 'false',
        ...(options.disposable ? { minSnapshotHistoryWindowInSeconds: '60' } : {}),
        ...options.parameters,
      }).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
      ...(options.disposable ? ['--wiredTigerEngineConfigString', FILES_SOON_CLOSED] : []),
    ],
    logFile: options.logFile,
    isReady: () => acceptsConnections(port),
    readyTimeoutMs: START_TIMEOUT_MS,
    stopSignal: options.disposable ? 'SIGKILL' : 'SIGTERM',
    stopTimeoutMs: STOP_TIMEOUT_MS,
    explain: (output) => {
      if (/DBPathInUse|Unable to lock the lock file/.test(output)) {
        return `The data folder ${options.dataDir} is in use by another mongod; stop that one or choose another folder with DATA_DIR.`;
      }
      return /Address already in use/.test(output)
        ? `Port ${port}, meant for mongod, is in use; stop what uses it.`
        : undefined;
    },
  });
  try {
    const gone = server.ended.then((reason) => {
      throw new StartError(`mongod ended while it was set up (${reason}); its log: ${options.logFile}`);
    });
    await Promise.race([becomePrimary(port), gone]);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const url = `mongodb://${HOST}:${port}/?replicaSet=${REPLICA_SET}`;
  return { url, pid: server.pid, ended: server.ended, stop: server.stop };
}

const NOT_YET_INITIALIZED = 94;

async function becomePrimary(port: number): Promise<void> {
  const client = new MongoClient(`mongodb://${HOST}:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: START_TIMEOUT_MS,
  });
  try {
    await configureReplicaSet(client, `${HOST}:${port}`);
    const admin = client.db('admin');
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await admin.command({ hello: 1 })).isWritablePrimary) {
      if (performance.now() > deadline) {
        throw new StartError(
          `mongod did not become the primary of its replica set within ${START_TIMEOUT_MS} ms`,
        );
      }
      await delay(POLL_MS);
    }
  } finally {
    await client.close();
  }
}

/** Makes `host` the one member: of a new set, or of the set that the data folder knows under another port. */
async function configureReplicaSet(client: MongoClient, host: string): Promise<void> {
  const admin = client.db('admin');
  const config = await client.db('local').collection<Document>('system.replset').findOne();
  if (!config) {
    await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
    return;
  }
  const [member] = config.members as { host: string }[];
  if (member?.host === host) return;
  // Not being in its own set's configuration, the server has no primary to ask: only force helps.
  const members = [{ ...member, host }];
  const reconfigure = {
    replSetReconfig: { ...config, version: Number(config.version) + 1, members },
    force: true,
  };
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await admin.command(reconfigure);
      return;
    } catch (error) {
      // It listens a moment before it has read its own configuration.
      if ((error as { code?: unknown }).code !== NOT_YET_INITIALIZED || performance.now() > deadline)
        throw error;
      await delay(POLL_MS);
    }
  }
}
