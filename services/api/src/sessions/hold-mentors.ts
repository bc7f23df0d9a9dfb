import { AppError } from '@mentorline/runtime';
import type { LockedMentors, Store, Transaction } from '@mentorline/store';

/** How long a write competes with others for the mentor's lock. */
const PATIENCE_MS = 30_000;

/**
 * Runs `work` in one transaction that holds the mentors' locks: nobody else writes their sessions until it ends. It
 * runs again after a conflict, so it must have no effects outside the transaction.
 * @throws AppError UNAVAILABLE when others keep getting in between; what `work` throws, after rolling back
 */
export async function holdMentors<Result>(
  store: Store,
  { organisationId, mentorIds }: { organisationId: string; mentorIds: readonly string[] },
  work: (transaction: Transaction, locked: LockedMentors) => Promise<Result>,
): Promise<Result> {
  await store.slots.ensureLocks(mentorIds);
  const patience = AbortSignal.timeout(PATIENCE_MS);
  return store.transaction(async (transaction) => {
    if (patience.aborted) throw new AppError('UNAVAILABLE', 'Many are booking this mentor; please try again');
    const locked = await store.slots.lockMentors(transaction, { organisationId }, mentorIds);
    return work(transaction, locked);
  });
}
