import { CannotStart } from './cannot-start.ts';
import { describeError } from './describe-error.ts';
import type { Logger } from './logger.ts';
import { flushTraces } from './tracing.ts';

/** What a started service hands back: how to stop it in order (take no more, finish, close). */
export interface RunningService {
  stop(): Promise<void>;
  /** How long that may take, where it is not the usual. */
  stopDeadlineMs?: number;
}

const STOP_DEADLINE_MS = 25_000;
const LAST_WORDS_MS = 2_000;

/**
 * The life of a service process: start, then stop on SIGTERM or SIGINT by a deadline.
 * An exit code other than 0 means that it failed to start, met a fault that nobody handled, or was cut off while stopping.
 */
export async function runService(
  createServiceLogger: () => Logger,
  start: (logger: Logger) => Promise<RunningService>,
): Promise<void> {
  let logger: Logger | undefined;
  let service: RunningService | undefined;
  let stopping = false;
  const stop = async (reason: string): Promise<void> => {
    if (stopping) return;
    // Nothing has to be finished by a service that has not started; what it has taken meanwhile another takes over.
    if (!service || !logger) process.exit(0);
    stopping = true;
    logger.info({ reason }, 'stopping');
    // Keeps the process alive: one that runs out of work before it has stopped would exit with 0.
    const deadlineMs = service.stopDeadlineMs ?? STOP_DEADLINE_MS;
    setTimeout(() => die({ deadlineMs }, 'did not stop in time'), deadlineMs);
    await service.stop();
    await flushTraces();
    logger.info('stopped');
    logger.flush(() => process.exit(0));
  };
  let dying = false;
  const die = (why: object, message: string): void => {
    if (dying) return;
    dying = true;
    // Standard output may be what has broken.
    setTimeout(() => process.exit(1), LAST_WORDS_MS);
    // A fatal line is written at once, and would overtake those that are on their way.
    logger?.flush(() => {
      logger?.fatal(why, message);
      logger?.flush(() => process.exit(1));
    });
  };
  // Node's own last words would be the error as it is, with whatever it carries of anybody's data.
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error: unknown) => die({ err: error }, 'ended by a fault that nobody handled'));
  }
  // Listened for from the beginning: to the first process of a container a signal means nothing else.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  try {
    logger = createServiceLogger();
    service = await start(logger);
  } catch (error) {
    // The reader of a failed start is a person at a terminal: a sentence, not a JSON line.
    process.stderr.write(`${error instanceof CannotStart ? error.message : tell(error)}\n`);
    process.exit(1);
  }
  logger.info('started');
}

function tell(error: unknown): string {
  const { type = 'undefined', message = '', stack = '' } = describeError(error) ?? {};
  return `${type}: ${message}\n${stack}`;
}
