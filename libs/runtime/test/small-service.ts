/** A process of `runService` for its test; what is to happen comes in the environment. */
import { setTimeout as delay } from 'node:timers/promises';
import { Type } from 'typebox';
import { createLogger, loadConfig, runService } from '../src/index.ts';

const STOP_DEADLINE_MS = 25_000;
const LONG_LINE_BYTES = 1024 * 1024;
const { START = '', STOP = '' } = process.env;

if (STOP === 'hang') {
  // Lets the deadline pass at once, and nothing else.
  const real = globalThis.setTimeout;
  const hurried = (run: () => void, ms?: number) => real(run, ms === STOP_DEADLINE_MS ? 1 : ms);
  globalThis.setTimeout = hurried as typeof setTimeout;
}

/** As MongoDB's driver throws it: with what was to be written in its message and beside it. */
function duplicate(): Error {
  const message = 'E11000 duplicate key error index: email_1 dup key: { email: "asha.rao@example.org" }';
  return Object.assign(new Error(message), { code: 11_000, keyValue: { email: 'asha.rao@example.org' } });
}

await runService(
  () => {
    const Config = Type.Object({ PORT: Type.Integer({ default: 1 }), LIMIT: Type.Integer({ default: 1 }) });
    loadConfig('small service', Config, process.env);
    return createLogger({ service: 'small', level: 'info' });
  },
  async (logger) => {
    if (START === 'hang') {
      logger.info('starting');
      await delay(60_000);
    }
    if (START === 'fail') throw new Error('the database is away');
    if (START === 'fail on contents') throw duplicate();
    const alive = setInterval(() => {}, 60_000);
    if (START === 'reject') setImmediate(() => void Promise.reject(duplicate()));
    if (START === 'throw') {
      setImmediate(() => {
        throw duplicate();
      });
    }
    return {
      async stop() {
        clearInterval(alive);
        if (STOP === 'hang') await new Promise(() => {});
        if (STOP === 'fail') throw new Error('cannot close');
        await delay(50);
        // Longer than a pipe holds: what follows is still to be written when the service has stopped.
        logger.info({ report: 'x'.repeat(LONG_LINE_BYTES) }, 'finished what was under way');
      },
    };
  },
);
