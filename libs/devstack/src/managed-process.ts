import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signalGroup, spawnGuarded } from './guard.ts';
import { logTail } from './log-tail.ts';
import { StartError } from './start-error.ts';

const POLL_MS = 25;

export interface ManagedProcess {
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason, with that reason in words. */
  readonly ended: Promise<string>;
  /** What the process has logged last since it was started. */
  lastWords(): Promise<string>;
  /** Asks it to stop and resolves when it has ended. */
  stop(): Promise<void>;
}

/** A server that runs until `stop` is called or this process ends. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** Resolves with the reason when the server ends, asked to or not. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

interface ProcessOptions {
  /** What messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Standard output and error are appended to it. */
  readonly logFile: string;
  /** Asked again and again until it is true. */
  readonly isReady: () => Promise<boolean>;
  readonly readyTimeoutMs: number;
  /** SIGKILL suits a process whose data nobody will read again. */
  readonly stopSignal?: 'SIGTERM' | 'SIGKILL';
  /** How long it may take to stop before it is killed. */
  readonly stopTimeoutMs: number;
  /** Turns what it logged before it ended into advice, where there is some. */
  readonly explain?: (output: string) => string | undefined;
}

/**
 * Starts a program and waits until it is ready. It ends when this process ends, however that comes about.
 * @throws StartError with the program's last words when it ends early or is not ready in time
 */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  await mkdir(dirname(options.logFile), { recursive: true });
  const log = await open(options.logFile, 'a');
  const { size: logStart } = await log.stat();
  const child = spawnGuarded(options.command, options.args, {
    stdio: ['ignore', log.fd, log.fd],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const ended = once(child, 'exit').then(
    ([code, signal]: (number | string | null)[]) => (signal ? `ended by ${signal}` : `exit code ${code}`),
    (error: Error) => error.message,
  );
  await log.close();

  let running = true;
  void ended.then(() => {
    running = false;
  });
  const lastWords = (): Promise<string> => logTail(options.logFile, logStart);
  const stop = async (): Promise<void> => {
    if (!running) return;
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), options.stopTimeoutMs);
    signalGroup(child, options.stopSignal ?? 'SIGTERM');
    await ended;
    clearTimeout(timer);
  };

  const deadline = performance.now() + options.readyTimeoutMs;
  while (running && !(await options.isReady())) {
    if (performance.now() > deadline) {
      await stop();
      throw await failure(`${options.name} was not ready within ${options.readyTimeoutMs / 1000} s`);
    }
    await Promise.race([delay(POLL_MS), ended]);
  }
  if (!running) throw await failure(`${options.name} did not start (${await ended})`);
  return { pid: child.pid!, ended, lastWords, stop };

  async function failure(what: string): Promise<StartError> {
    const output = await lastWords();
    const advice = options.explain?.(output);
    if (advice) return new StartError(advice);
    const said = output ? `; it said last:\n${output.replace(/^/gm, '    ')}\n` : '. ';
    return new StartError(`${what}${said}  Its log: ${options.logFile}`);
  }
}
