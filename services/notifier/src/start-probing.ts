import { SECOND_MS } from '@mentorline/runtime';
import type { Mailer } from './mailer.ts';

const PROBE_EVERY_MS = 15 * SECOND_MS;

/** Finds out that a relay is back, so that nobody is warned of it for longer than it was away. */
export function startProbing(mailer: Pick<Mailer, 'probe'>): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = setTimeout(() => void mailer.probe().finally(() => timer && next()), PROBE_EVERY_MS);
    timer.unref();
  };
  next();
  return {
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
