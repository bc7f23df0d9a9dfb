import type { JobQueues } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import type { Actor, Import, Store, User } from '@mentorline/store';
import { findImport } from './find-import.ts';

/**
 * Asks for an import to stop; asking again does no harm.
 * @returns the import as it stands now
 * @throws AppError NOT_FOUND, or IMPORT_ENDED when it came to another end
 */
export async function cancelImport(
  {
    store,
    queues,
    now,
  }: { store: Pick<Store, 'imports' | 'audit'>; queues: Pick<JobQueues, 'enqueue'>; now: () => Date },
  { user, actor }: { user: User; actor: Actor },
  id: string,
): Promise<Import> {
  await findImport(store, id, user);
  const at = now();
  const asked = await store.imports.cancelImport(id, at, (transaction) =>
    store.audit.noteWrite(transaction, actor, {
      ...{ at, action: 'import.cancelled', target: { kind: 'import', id } },
    }),
  );
  if (asked) {
    // Whoever is free ends one that nobody has begun: it takes no place, so it need not wait for one.
    await queues.enqueue('run-import', { importId: id }, asked.attempts);
    return asked;
  }
  const ended = await findImport(store, id, user);
  if (ended.status === 'cancelled') return ended;
  throw new AppError('IMPORT_ENDED', 'The import has ended already; there is nothing left to cancel');
}
