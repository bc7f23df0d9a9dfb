import { type ReportRow, writeReport } from '@mentorline/csv';
import type { Import, RowResult, Store } from '@mentorline/store';

const BATCH_ROWS = 500;

/**
 * Writes the report into the file that was fixed for it, replacing what an interrupted try left.
 * @returns its size in bytes
 */
export async function writeReportFile(
  { store }: { store: Store },
  input: Import,
  signal: AbortSignal,
): Promise<number> {
  async function* rows(): AsyncGenerator<ReportRow[]> {
    let batch: ReportRow[] = [];
    for await (const result of store.results.readResults(input.id, input.partitions)) {
      batch.push(reportRow(result));
      if (batch.length < BATCH_ROWS) continue;
      signal.throwIfAborted();
      yield batch;
      batch = [];
    }
    yield batch;
  }
  const metadata = { purpose: 'import-report', importId: input.id, organisationId: input.organisationId };
  const content = writeReport(input.header, rows());
  return store.files.replaceFile(input.report!.fileId, `${input.fileName} report.csv`, metadata, content);
}

function reportRow({ row, cells, status, note, errors, sessionId }: RowResult): ReportRow {
  const message = errors.length > 0 ? errors.map(({ message }) => message).join('; ') : note;
  return { row, cells, status, message, sessionId };
}
