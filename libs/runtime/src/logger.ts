import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { describeError } from './describe-error.ts';

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
