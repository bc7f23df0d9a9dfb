import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger };

/** JSON lines on standard output. Secrets and cell contents are never handed to it; redaction is the net below. */
export function createLogger(
  options: { service: string; level: string },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      base: { service: options.service, pid: process.pid },
      level: options.level,
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      redact: {
        paths: [
          'password',
          '*.password',
          'token',
          '*.token',
          'authorization',
          '*.authorization',
          'req.headers',
        ],
        remove: true,
      },
    },
    // With a minimum of 0 `flush` would call back before the last lines are out, and the exit after it cut them off.
    destination ?? pino.destination({ dest: 1, sync: false, minLength: 1 }),
  );
}

interface DescribedError {
  type: string;
  code?: string | number;
  message: string;
  stack?: string;
  cause?: DescribedError | undefined;
}

const LONGEST_MESSAGE = 300;

/**
 * What a log may know of an error. Never its other properties: a failed write carries the documents that were to be
 * written. A duplicate key's message quotes the values, so only its beginning, which names the index, is kept.
 */
function describeError(error: unknown): DescribedError | undefined {
  if (!(error instanceof Error)) return error === undefined ? undefined : { type: typeof error, message: '' };
  const { code } = error as { code?: unknown };
  const message = error.message.replace(/dup key:.*$/su, 'dup key').slice(0, LONGEST_MESSAGE);
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message,
    // The stack begins with the whole message; only the calls are wanted of it.
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /u.test(line))
      .join('\n'),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
