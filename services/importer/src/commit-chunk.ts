import type { Activity, Logger } from '@mentorline/runtime';
import {
  type Import,
  NO_ROWS,
  type RowCounts,
  type Store,
  type Transaction,
  type TransactionPool,
} from '@mentorline/store';
import type { AppliedRow, PendingRow, RowKind } from './rows/row-kind.ts';

/** What stays the same for all chunks of a run. */
export interface ApplyDeps {
  store: Store;
  transactions: TransactionPool;
  kind: RowKind;
  logger: Logger;
  activity: Pick<Activity, 'count'>;
  signal: AbortSignal;
}

/** Consecutive rows of one partition; `from` is the partition's checkpoint before them. */
export interface Chunk {
  import: Import;
  partition: number;
  from: number;
  rows: readonly PendingRow[];
}

/** The partition's checkpoint is not where this worker left it: another one is at work. */
export class CheckpointMoved extends Error {
  constructor() {
    super('the checkpoint has moved');
    this.name = 'CheckpointMoved';
  }
}

/** Other writers keep getting in between; a smaller chunk holds fewer mentors. */
export class ChunkContended extends Error {
  constructor() {
    super('other writers keep getting in between');
    this.name = 'ChunkContended';
  }
}

const MOST_TRIES = 5;

/**
 * One transaction: what the rows ask for, their results, and the checkpoint moved over them.
 * @throws ChunkContended, CheckpointMoved; what the database throws
 */
export async function commitChunk(deps: ApplyDeps, chunk: Chunk): Promise<void> {
  const { store, transactions, kind, activity } = deps;
  const prepared = await kind.prepare(chunk.rows);
  let tries = 0;
  await transactions.run(async (transaction) => {
    tries += 1;
    if (tries > MOST_TRIES) throw new ChunkContended();
    await commitResults(store, transaction, chunk, await prepared.apply(transaction));
  });
  activity.count('rows', chunk.rows.length);
  prepared.committed?.();
}

/**
 * Stores the results and moves the checkpoint over their rows. The checkpoint is the fence: whoever moves it is the
 * one who applies the rows, and a worker that comes too late rolls back.
 */
export async function commitResults(
  store: Store,
  transaction: Transaction,
  chunk: Chunk,
  results: readonly AppliedRow[],
): Promise<void> {
  const counts: RowCounts = { ...NO_ROWS };
  let causedMails = 0;
  for (const { status, mails = 0 } of results) {
    counts[status.toLowerCase() as keyof RowCounts] += 1;
    causedMails += mails;
  }
  const { import: input, partition, from } = chunk;
  const moved = await store.shards.advanceCheckpoint(transaction, {
    importId: input.id,
    partition,
    from,
    to: results.at(-1)!.row,
    counts,
    mails: causedMails,
  });
  if (!moved) throw new CheckpointMoved();
  await store.results.insertResults(transaction, { importId: input.id, partition, rows: results });
}
