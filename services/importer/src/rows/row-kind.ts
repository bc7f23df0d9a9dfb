import type { RowResult, Transaction } from '@mentorline/store';

/** A row on its way to its result. */
export interface PendingRow {
  row: number;
  cells: readonly string[];
  /** Of an undo: what the undone import made of the row. */
  undone?: Pick<RowResult, 'status' | 'sessionId'>;
}

/** What became of a row; `mails`: how many it causes to those in its session at most, which only the counts keep. */
export interface AppliedRow extends RowResult {
  mails?: number;
}

/**
 * What rows of one kind mean: all that the engine does not know of them. The engine reads the file, deals the rows to
 * partitions and applies them in chunks, each in one transaction and once.
 */
export interface RowKind {
  /** Rows with the same key are decided in file order; one with a blank key conflicts with nothing. */
  keysOf(rows: readonly PendingRow[]): Promise<readonly string[]>;
  /** Reads and checks a chunk as far as no transaction is needed. */
  prepare(rows: readonly PendingRow[]): Promise<PreparedRows>;
  /** The action that a row asks for, blank where the kind knows none. */
  actionOf(cells: readonly string[]): string;
}

export interface PreparedRows {
  /** Decides the rows in their order and stores what they ask for. Runs again when the transaction is retried. */
  apply(transaction: Transaction): Promise<readonly AppliedRow[]>;
  /** Only what has been committed may be taken for known. */
  committed?(): void;
}
