import { type Activity, type Logger, traced } from '@mentorline/runtime';
import {
  type Actor,
  type Import,
  NO_ROWS,
  type RowCounts,
  type Store,
  type Transaction,
  type TransactionPool,
} from '@mentorline/store';
import type { ImporterMetrics } from './metrics.ts';
import type { AppliedRow, PendingRow, RowKind } from './rows/row-kind.ts';

/** What stays the same for all chunks of a run. */
export interface ApplyDeps {
  store: Store;
  transactions: TransactionPool;
  kind: RowKind;
  logger: Logger;
  metrics: ImporterMetrics;
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
export function commitChunk(deps: ApplyDeps, chunk: Chunk): Promise<void> {
  const { rows, partition } = chunk;
  const attributes = {
    ...{ 'mentorline.partition': partition, 'mentorline.rows': rows.length },
    ...{ 'mentorline.first_row': rows[0]!.row },
  };
  return traced('chunk', { attributes }, () => commit(deps, chunk));
}

async function commit(deps: ApplyDeps, chunk: Chunk): Promise<void> {
  const { store, transactions, kind, metrics, activity } = deps;
  const prepared = await kind.prepare(chunk.rows);
  let tries = 0;
  const endTimer = metrics.chunk.startTimer();
  try {
    const results = await transactions.run(async (transaction) => {
      tries += 1;
      if (tries > MOST_TRIES) throw new ChunkContended();
      const applied = await prepared.apply(transaction);
      await commitResults(store, transaction, chunk, applied);
      return applied;
    });
    endTimer();
    countResults(metrics, results);
    activity.count('rows', results.length);
  } finally {
    metrics.chunkRetries.inc(Math.max(0, tries - 1));
  }
  prepared.committed?.();
}

/** Called once they are stored. */
export function countResults({ rows, rowErrors }: ImporterMetrics, results: readonly AppliedRow[]): void {
  const byStatus = new Map<string, number>();
  for (const { status, errors } of results) {
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    for (const { code } of errors) rowErrors.inc({ code });
  }
  for (const [status, count] of byStatus) rows.inc({ status: status.toLowerCase() }, count);
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
  await noteRows(store, transaction, input, { from: results[0]!.row, to: results.at(-1)!.row, counts });
  await store.results.insertResults(transaction, { importId: input.id, partition, rows: results });
}

/** In the audit log, in the name of whoever has uploaded the file. */
async function noteRows(
  store: Store,
  transaction: Transaction,
  { id, mode, organisationId, uploadedBy, cause }: Import,
  { from, to, counts }: { from: number; to: number; counts: RowCounts },
): Promise<void> {
  const { published, created, updated, deleted } = counts;
  if (mode === 'check' || published + created + updated + deleted === 0) return;
  const { userId, email } = uploadedBy;
  const { requestId = '', address = '' } = cause ?? {};
  const actor: Actor = { organisationId, userId, email, address, requestId };
  await store.audit.noteWrite(transaction, actor, {
    ...{ at: new Date(), action: 'import.applied', target: { kind: 'import', id } },
    rows: { from, to, published, created, updated, deleted },
  });
}
