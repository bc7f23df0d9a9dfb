import { type ReportRow, writeReport } from '@mentorline/csv';
import { type Import, type Store, statusMessage } from '@mentorline/store';

/**
 * Writes the report into the file that was fixed for it, replacing what an interrupted try left.
 * @returns its size in bytes
 */
export async function writeReportFile(
  { store }: { store: Store },
  input: Import,
  signal: AbortSignal,
): Promise<number> {
  async function* rows(): AsyncGenerator<ReportRow> {
    for await (const result of store.results.readResults(input.id, input.partitions)) {
      signal.throwIfAborted();
      yield { ...result, message: statusMessage(result) };
    }
  }
  const metadata = { purpose: 'import-report', importId: input.id, organisationId: input.organisationId };
  const content = writeReport(input.header, rows());
  return store.files.replaceFile(input.report!.fileId, `${input.fileName} report.csv`, metadata, content);
}
