import { type ReportRow, readRecords, writeReport } from '@mentorline/csv';
import { SESSION_COLUMNS, USER_COLUMNS } from '@mentorline/domain';
import { type Import, type Store, statusMessage } from '@mentorline/store';
import { countDone } from './present-import.ts';

/**
 * The report of an import that failed after its rows had begun to be applied, when there was nobody left to store one:
 * what became of each row stands in its result, and those without one are told as unprocessed.
 */
export async function reportOfResults(
  { store }: { store: Store },
  input: Import,
): Promise<AsyncGenerator<Buffer>> {
  const columns = input.kind === 'users' ? USER_COLUMNS : SESSION_COLUMNS;
  const isWhole = countDone(await store.imports.countRows(input.id)) === input.rowsTotal;
  // Of a damaged file, or an undo, nothing is known of the rows that were not reached.
  const knowsRest = input.fileId !== null && input.failure?.code !== 'FILE_DAMAGED';
  const results = rowsWithResult(store, input);
  return writeReport(
    columns,
    input.header,
    isWhole || !knowsRest ? results : withRest(store, input, results),
  );
}

async function* rowsWithResult({ results }: Store, { id, partitions }: Import): AsyncGenerator<ReportRow> {
  for await (const result of results.readResults(id, partitions)) {
    yield { ...result, message: statusMessage(result) };
  }
}

/** Both in the order of the file. */
async function* withRest(
  { files }: Store,
  input: Import,
  results: AsyncGenerator<ReportRow>,
): AsyncGenerator<ReportRow> {
  try {
    let next = await results.next();
    for await (const { records } of readRecords(files.readFile(input.fileId!), input)) {
      for (const { row, cells } of records) {
        if (next.done || next.value.row !== row) {
          const message = 'The import failed before it came to this row';
          yield { row, cells, status: 'Unprocessed', message, sessionId: null };
          continue;
        }
        yield next.value;
        next = await results.next();
      }
    }
  } finally {
    await results.return(undefined);
  }
}
