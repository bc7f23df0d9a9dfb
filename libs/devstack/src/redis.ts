import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { type RunningServer, startProcess } from './managed-process.ts';
import { freePort, HOST } from './ports.ts';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts a `redis-server` as queues need it: every write logged (AOF), nothing ever evicted.
 * @throws StartError when it does not start
 */
export async function startRedis(options: {
  binary: string;
  dataDir: string;
  logFile: string;
  port?: number;
  /** The data is worthless after the stop, which may then be abrupt. */
  disposable?: boolean;
  /** Further arguments of its command line. */
  args?: readonly string[];
}): Promise<RunningServer> {
  const port = options.port ?? (await freePort());
  await mkdir(options.dataDir, { recursive: true });
  const server = await startProcess({
    name: 'redis-server',
    command: options.binary,
    args: [
      ...['--port', String(port), '--bind', HOST, '--daemonize', 'no'],
      ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
      ...['--maxmemory-policy', 'noeviction'],
      ...(options.args ?? []),
    ],
    cwd: options.dataDir,
    logFile: options.logFile,
    isReady: () => answersPing(port),
    readyTimeoutMs: START_TIMEOUT_MS,
    stopSignal: options.disposable ? 'SIGKILL' : 'SIGTERM',
    stopTimeoutMs: STOP_TIMEOUT_MS,
    explain: (output) =>
      /Address already in use/.test(output)
        ? `Port ${port}, meant for redis-server, is in use; stop what uses it.`
        : undefined,
  });
  return { url: `redis://${HOST}:${port}`, pid: server.pid, ended: server.ended, stop: server.stop };
}

/** A server still loading its data accepts connections but answers `-LOADING`. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')));
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(answer.toString('latin1').startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
