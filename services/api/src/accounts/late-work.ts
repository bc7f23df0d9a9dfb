import type { Logger } from '@mentorline/runtime';

/**
 * Work of a request that must not show in the time that its answer takes. What fails is logged; `finish` waits for all
 * of it, before the database is left.
 */
export function lateWork(logger: Pick<Logger, 'error'>) {
  const running = new Set<Promise<void>>();
  return {
    start(what: string, work: () => Promise<void>): void {
      const run = work()
        .catch((error: unknown) => logger.error({ err: error }, `${what} failed`))
        .finally(() => running.delete(run));
      running.add(run);
    },

    async finish(): Promise<void> {
      await Promise.all(running);
    },
  };
}

export type LateWork = ReturnType<typeof lateWork>;
