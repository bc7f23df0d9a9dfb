import { type ReportRow, writeReport } from '@mentorline/csv';
import { SESSION_COLUMNS, USER_COLUMNS } from '@mentorline/domain';
import { type Import, type Store, statusMessage } from '@mentorline/store';

/** What the report's file is for, in its metadata. */
export const REPORT = 'import-report';

/**
 * Writes the report into a file of its own: it becomes the import's when the import is completed, by whoever still
 * holds it then. A worker that comes too late has written for nothing and harmed nobody.
 */
export async function writeReportFile(
  { store }: { store: Store },
  input: Import,
  signal: AbortSignal,
): Promise<{ fileId: string; sizeBytes: number }> {
  async function* rows(): AsyncGenerator<ReportRow> {
    for await (const result of store.results.readResults(input.id, input.partitions)) {
      signal.throwIfAborted();
      yield { ...result, message: statusMessage(result) };
    }
  }
  const columns = input.kind === 'users' ? USER_COLUMNS : SESSION_COLUMNS;
  const metadata = { purpose: REPORT, importId: input.id, organisationId: input.organisationId };
  const content = writeReport(columns, input.header, rows());
  const { id, sizeBytes } = await store.files.writeFile(`${input.fileName} report.csv`, metadata, content);
  return { fileId: id, sizeBytes };
}
