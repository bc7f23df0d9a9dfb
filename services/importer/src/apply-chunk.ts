import { rowError } from '@mentorline/domain';
import {
  type ApplyDeps,
  CheckpointMoved,
  type Chunk,
  ChunkContended,
  commitChunk,
  commitResults,
} from './commit-chunk.ts';
import { invalidResult } from './row-result.ts';

/**
 * Applies a chunk in one transaction, all of it or nothing, and once. A chunk that other writers keep breaking, or
 * that fails for a reason of its own, is halved; a single row that cannot be applied even alone is `Invalid` with
 * `INTERNAL_ERROR`, and the rest goes on.
 * @throws CheckpointMoved; what the database throws while it is away
 */
export async function applyChunk(deps: ApplyDeps, chunk: Chunk): Promise<void> {
  deps.signal.throwIfAborted();
  try {
    await commitChunk(deps, chunk);
  } catch (error) {
    if (deps.signal.aborted || error instanceof CheckpointMoved || isOutage(error)) throw error;
    if (chunk.rows.length > 1) {
      const half = Math.ceil(chunk.rows.length / 2);
      const first = chunk.rows.slice(0, half);
      await applyChunk(deps, { ...chunk, rows: first });
      await applyChunk(deps, { ...chunk, from: first.at(-1)!.row, rows: chunk.rows.slice(half) });
    } else if (error instanceof ChunkContended) {
      await applyChunk(deps, chunk);
    } else {
      deps.logger.error({ err: error, row: chunk.rows[0]?.row }, 'row cannot be applied');
      await giveUpRow(deps, chunk);
    }
  }
}

/** Faults that say nothing about the chunk: the connection or the primary is away. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { hasErrorLabel } = error as { hasErrorLabel?: (label: string) => boolean };
  return (
    hasErrorLabel?.call(error, 'TransientTransactionError') === true ||
    hasErrorLabel?.call(error, 'UnknownTransactionCommitResult') === true ||
    /^Mongo(Network|ServerSelection|NotConnected|Pool|TopologyClosed|ExpiredSession)/u.test(error.name)
  );
}

async function giveUpRow({ store, transactions }: ApplyDeps, chunk: Chunk): Promise<void> {
  const { row, cells } = chunk.rows[0]!;
  const uploaded = { row, action: '', cells };
  const result = invalidResult(uploaded, [rowError('INTERNAL_ERROR', 'row', '')], chunk.import.customFields);
  await transactions.run((transaction) => commitResults(store, transaction, chunk, [result]));
}
