import { readRecords } from '@mentorline/csv';
import { AppError } from '@mentorline/runtime';
import type { Import, Store } from '@mentorline/store';
import type { PendingRow } from './rows/row-kind.ts';

interface ReadOptions {
  /** A row at whose end reading may be taken up, as staging noted it. */
  from?: Import['landmarks'][number] | undefined;
  signal: AbortSignal;
}

const BATCH_ROWS = 500;

/**
 * The rows of an import in their order, in batches of at most 500: those of its file, or, of an undo, those by which the
 * undone import changed anything.
 * @throws AppError saying what is wrong with the file and in which row
 */
export async function* readRows(
  { store }: { store: Store },
  input: Import,
  { from, signal }: ReadOptions,
): AsyncGenerator<readonly PendingRow[]> {
  const { fileId } = input;
  if (fileId === null) {
    yield* undoneRows(store, input, signal);
    return;
  }
  const place = from ? { startOffset: from.offset, startRow: from.row + 1 } : {};
  const part = from && { start: from.offset, end: input.sizeBytes };
  const source = store.files.readFile(fileId, part);
  const { length: width } = input.header.columns;
  for await (const { records } of readRecords(source, input, { signal, ...place })) {
    yield records.map((record) =>
      record.cells.length > width ? withoutBlankSurplus(record, width) : record,
    );
  }
}

/** A spreadsheet may end each line with thousands of delimiters: cells that mean nothing, and cost memory all the way. */
function withoutBlankSurplus(row: PendingRow, width: number): PendingRow {
  const { cells } = row;
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  return { ...row, cells: cells.slice(0, Math.max(last + 1, width)) };
}

async function* undoneRows(
  store: Store,
  { undoes, header }: Import,
  signal: AbortSignal,
): AsyncGenerator<PendingRow[]> {
  const undone = await store.imports.findImport(undoes ?? '');
  if (!undone) throw new AppError('NOT_FOUND', 'The import that was to be undone no longer exists');
  const place = (key: string) =>
    header.columns.findIndex((column) => column.kind === 'field' && column.key === key);
  const [action, id] = [place('action'), place('id')];
  let row = 0;
  let batch: PendingRow[] = [];
  for await (const { status, sessionId, cells } of store.results.readResults(undone.id, undone.partitions)) {
    signal.throwIfAborted();
    if (status !== 'Published' && status !== 'Updated' && status !== 'Deleted') continue;
    row += 1;
    const shown = header.names.map((_, index) => cells[index] ?? '');
    if (status === 'Published') shown[action] = 'Delete';
    shown[id] = sessionId ?? '';
    batch.push({ row, cells: shown, undone: { status, sessionId } });
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
