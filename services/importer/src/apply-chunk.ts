import { setTimeout as sleep } from 'node:timers/promises';
import { rowError } from '@mentorline/domain';
import { isOwnFault } from '@mentorline/store';
import {
  type ApplyDeps,
  CheckpointMoved,
  type Chunk,
  ChunkContended,
  commitChunk,
  commitResults,
  countResults,
} from './commit-chunk.ts';
import { invalidResult } from './rows/row-result.ts';

const FAILURES_OF_ONE_ROW = 3;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Applies a chunk in one transaction, all of it or nothing, and once. A chunk that other writers keep breaking, or
 * that is itself at fault, is halved; a single row that fails again and again even alone is given up, and the rest
 * goes on.
 * @throws CheckpointMoved; whatever may pass, since it says nothing about the rows: they are tried again later
 */
export async function applyChunk(deps: ApplyDeps, chunk: Chunk, failures = 0): Promise<void> {
  deps.signal.throwIfAborted();
  try {
    await commitChunk(deps, chunk);
  } catch (error) {
    const contended = error instanceof ChunkContended;
    if (deps.signal.aborted || error instanceof CheckpointMoved || !(contended || isOwnFault(error)))
      throw error;
    if (chunk.rows.length > 1) {
      deps.metrics.chunksHalved.inc();
      const half = Math.ceil(chunk.rows.length / 2);
      const first = chunk.rows.slice(0, half);
      await applyChunk(deps, { ...chunk, rows: first });
      await applyChunk(deps, { ...chunk, from: first.at(-1)!.row, rows: chunk.rows.slice(half) });
    } else if (contended || failures + 1 < FAILURES_OF_ONE_ROW) {
      if (failures === 1) deps.logger.warn({ err: error, row: chunk.rows[0]?.row }, 'row is tried again');
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: deps.signal });
      await applyChunk(deps, chunk, failures + 1);
    } else {
      deps.logger.error({ err: error, row: chunk.rows[0]?.row }, 'row cannot be applied');
      await giveUpRow(deps, chunk);
    }
  }
}

/** Makes the only row of a chunk `Invalid` with `INTERNAL_ERROR`, without looking at what it says. */
export async function giveUpRow(deps: ApplyDeps, chunk: Chunk): Promise<void> {
  const { store, transactions, kind, metrics } = deps;
  const { row, cells } = chunk.rows[0]!;
  const fault = rowError('INTERNAL_ERROR', 'row', '');
  const result = invalidResult({ row, action: kind.actionOf(cells), cells }, [fault], []);
  await transactions.run((transaction) => commitResults(store, transaction, chunk, [result]));
  countResults(metrics, [result]);
}
