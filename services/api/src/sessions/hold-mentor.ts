import { AppError } from '@mentorline/runtime';
import type { LockedMentors, Store, Transaction } from '@mentorline/store';

/** How long a write competes with others for the mentor's lock. */
const PATIENCE_MS = 30_000;

/** Of each connection, by mentor id: what ends when the last of those waiting is through. */
const queuesOf = new WeakMap<Store, Map<string, Promise<void>>>();

/**
 * Runs `work` in one transaction that holds a mentor's lock: nobody else writes the mentor's sessions until it ends. It
 * runs again after a conflict, so it must have no effects outside the transaction.
 * @param mentorId `undefined`: there is no mentor to hold
 * @throws AppError UNAVAILABLE when others keep getting in between; what `work` throws, after rolling back
 */
export async function holdMentor<Result>(
  store: Store,
  { organisationId, mentorId }: { organisationId: string; mentorId: string | undefined },
  work: (transaction: Transaction, locked: LockedMentors) => Promise<Result>,
): Promise<Result> {
  const mentorIds = mentorId === undefined ? [] : [mentorId];
  await store.slots.ensureLocks(mentorIds);
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const run = () => {
    let tries = 0;
    return store.transaction(async (transaction) => {
      tries += 1;
      if (mentorId !== undefined && tries > 1) await store.slots.awaitLock(mentorId);
      if (patience.aborted)
        throw new AppError('UNAVAILABLE', 'Many are booking this mentor; please try again');
      const locked = await store.slots.lockMentors(transaction, { organisationId }, mentorIds);
      return work(transaction, locked);
    });
  };
  return mentorId === undefined ? run() : inTurn(store, mentorId, run);
}

/**
 * One after the other for each mentor. The lock alone would do, but of a hundred who break each other's transactions
 * most would wait longer than anybody should; other processes are few.
 */
async function inTurn<Result>(store: Store, mentorId: string, run: () => Promise<Result>): Promise<Result> {
  const queues = queuesOf.get(store) ?? new Map<string, Promise<void>>();
  queuesOf.set(store, queues);
  const done = (queues.get(mentorId) ?? Promise.resolve()).then(run);
  const ended = done.then(
    () => {},
    () => {},
  );
  queues.set(mentorId, ended);
  try {
    return await done;
  } finally {
    if (queues.get(mentorId) === ended) queues.delete(mentorId);
  }
}
