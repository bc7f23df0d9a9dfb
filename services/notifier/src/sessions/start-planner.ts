import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import { type PlanDeps, planMails } from './plan-mails.ts';

const ROLE = 'session-mails';
const LEASE_MS = 5 * SECOND_MS;
const SWEEP_EVERY_MS = SECOND_MS;
const MOST_SESSIONS = 500;
/** Mails that one transaction may put in the outbox, short of a single session with more people. */
const MOST_PEOPLE = 1_000;

/**
 * Plans the mails of sessions as they fall due. Every notifier runs one; a lease lets one of them act, so that they do
 * not break each other's transactions. What falls due while all are down is planned when the first is up again.
 * @returns how to stop, and how to leave planning to others for a while
 */
export function startPlanner(
  deps: PlanDeps & { store: Pick<Store, 'leases'> },
  owner: string,
): { stop(): Promise<void>; drain(draining: boolean): void } {
  const { store, logger, now } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  let isDraining = false;

  /** @returns whether more may be waiting */
  const sweep = async (): Promise<boolean> => {
    if (isDraining) return false;
    const due = await store.sessions.listDueSessions(now(), MOST_SESSIONS);
    for (const batch of batchesOf(due)) {
      if (signal.aborted || isDraining || !(await store.leases.holdRole(ROLE, owner, LEASE_MS))) return false;
      await planMails(deps, batch);
    }
    return due.length === MOST_SESSIONS;
  };

  const running = (async () => {
    while (!signal.aborted) {
      try {
        if (await sweep()) continue;
      } catch (error) {
        logger.warn({ err: error }, 'session mails could not be planned; trying again');
      }
      await sleep(SWEEP_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  })();

  return {
    drain(draining) {
      isDraining = draining;
    },

    async stop(): Promise<void> {
      stopping.abort();
      await running;
      await store.leases.giveUpRole(ROLE, owner).catch(() => {});
    },
  };
}

/** In the order given, so many that no transaction gets large. */
function batchesOf(due: readonly { id: string; people: number }[]): string[][] {
  const batches: string[][] = [];
  let left = 0;
  for (const { id, people } of due) {
    if (batches.length === 0 || people > left) {
      batches.push([]);
      left = MOST_PEOPLE;
    }
    batches.at(-1)!.push(id);
    left -= people;
  }
  return batches;
}
