import type { JobQueues } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import type { Actor, Import, Store, User } from '@mentorline/store';
import { causeOf } from '../http/cause.ts';
import { findImport } from './find-import.ts';

/**
 * Accepts the undoing of an import of sessions. What this returns will end, like an upload.
 * @throws AppError NOT_FOUND, or UNDO_NOT_POSSIBLE with the reason
 */
export async function undoImport(
  deps: { store: Store; queues: Pick<JobQueues, 'enqueue'>; now: () => Date },
  { user, actor }: { user: User; actor: Actor },
  id: string,
): Promise<Import> {
  const { store, queues, now } = deps;
  const undone = await findImport(store, id, user);
  const obstacle = obstacleTo(undone);
  if (obstacle) throw new AppError('UNDO_NOT_POSSIBLE', obstacle);
  const by = { userId: user.id, name: user.name, email: user.email };
  const at = now();
  const accepted = await store.transaction(async (transaction) => {
    const undo = await store.imports.acceptUndo(undone, by, at, transaction, causeOf(actor));
    await store.audit.noteWrite(transaction, actor, {
      ...{ at, action: 'import.undone', target: { kind: 'import', id: undo.id } },
    });
    return undo;
  });
  await queues.enqueue('run-import', { importId: accepted.id }, 0);
  return accepted;
}

function obstacleTo({ kind, mode, status, finishedAt }: Import): string | undefined {
  if (kind === 'undo') return 'This import undoes another one; upload the file of that one again instead';
  if (kind === 'users') return 'Only an import of sessions can be undone, not one of users';
  if (mode === 'check') return 'This import only checked its file; there is nothing to undo';
  if (!finishedAt) return 'The import is still running; cancel it, or wait for its end';
  if (status === 'failed') return 'The import failed; only one that was completed or cancelled can be undone';
  return undefined;
}
