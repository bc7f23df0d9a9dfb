import { createRequire } from 'node:module';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { describeError } from './describe-error.ts';
import { currentTraceId } from './tracing.ts';

export type { Logger };

/**
 * JSON lines on standard output. Secrets and cell contents are never handed to it; redaction is the net below.
 * @param options.production lines for a collector whatever standard output is; else they are for people on a terminal
 */
export function createLogger(
  options: { service: string; level: string; production?: boolean },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      base: { service: options.service, pid: process.pid },
      level: options.level,
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      mixin: traceOfLine,
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
    destination ?? (process.stdout.isTTY && !options.production ? forPeople() : forCollectors()),
  );
}

/** The logger of a service, as its environment asks for it. */
export function createServiceLogger(
  service: string,
  environment: Readonly<{ LOG_LEVEL: string; NODE_ENV: string }>,
): Logger {
  const { LOG_LEVEL: level, NODE_ENV } = environment;
  return createLogger({ service, level, production: NODE_ENV === 'production' });
}

function forCollectors(): DestinationStream {
  // With a minimum of 0 `flush` would call back before the last lines are out, and the exit after it cut them off.
  return pino.destination({ dest: 1, sync: false, minLength: 1 });
}

/** Loaded only where somebody looks on. */
function forPeople(): DestinationStream {
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  return pretty({
    ignore: 'pid,service',
    messageFormat: '{service}: {msg}',
    translateTime: 'HH:MM:ss',
    sync: true,
  });
}

function traceOfLine(): { traceId?: string } {
  const traceId = currentTraceId();
  return traceId ? { traceId } : {};
}
