import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import type { JobQueues } from './job-queues.ts';

const LEADER_LEASE_MS = 3_000;
const SWEEP_EVERY_MS = 1_000;
/** When there was more to call for than one sweep takes. */
const SWEEP_AGAIN_MS = 100;
const BATCH = 500;

/**
 * Turns whatever waits in MongoDB into jobs again: imports not finished and mails not sent that nobody works on.
 * So Redis may lose anything at any time. Every worker process runs one; a lease lets a single one of them act.
 */
export function startDispatcher(
  deps: { store: Store; queues: JobQueues; logger: Logger },
  owner: string,
): { stop(): Promise<void> } {
  const { store, queues, logger } = deps;
  const stopping = new AbortController();

  /** @returns whether mails may be waiting that were not called for: only so many calls wait in Redis at a time */
  const sweep = async (): Promise<boolean> => {
    if (!(await store.leases.holdRole('dispatcher', owner, LEADER_LEASE_MS))) return false;
    // Redis is away as soon as one call is not taken; the next sweep starts over.
    for (const { id, attempts, trace } of await store.imports.listWaitingImports(BATCH)) {
      if (!(await queues.enqueue('run-import', { importId: id }, attempts, 0, trace))) return false;
    }
    for (const { importId, shard, attempts } of await store.shards.listWaitingShards(BATCH)) {
      if (!(await queues.enqueue('run-shard', { importId, shard }, attempts))) return false;
    }
    const mails = await store.mails.listWaitingMails(BATCH);
    for (const { id, attempts, priority, trace } of mails) {
      if (!(await queues.enqueue('send-mail', { mailId: id }, attempts, priority, trace))) return false;
    }
    return mails.length === BATCH;
  };

  const running = (async () => {
    while (!stopping.signal.aborted) {
      let pauseMs = SWEEP_EVERY_MS;
      try {
        if (await sweep()) pauseMs = SWEEP_AGAIN_MS;
      } catch (error) {
        logger.warn({ err: error }, 'sweep failed; trying again');
      }
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();

  return {
    async stop(): Promise<void> {
      stopping.abort();
      await running;
      await store.leases.giveUpRole('dispatcher', owner).catch(() => {});
    },
  };
}
