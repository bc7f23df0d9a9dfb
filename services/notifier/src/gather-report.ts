import { type Header, unguardCell } from '@mentorline/csv';
import { type Import, NO_ROWS, type RowCounts, type RowResult, type Store } from '@mentorline/store';

/** A kind of error: what was wrong in which column, and how many rows have it. */
interface Problem {
  readonly code: string;
  readonly column: string;
  readonly rows: number;
}

interface InvalidRow {
  readonly row: number;
  readonly title: string;
  readonly message: string;
}

/** All that a report mail tells; texts as they were uploaded. */
export interface ReportFacts {
  readonly importId: string;
  readonly fileName: string;
  readonly timeZone: string;
  readonly outcome: 'completed' | 'cancelled' | 'failed';
  readonly uploadedAt: Date;
  readonly finishedAt: Date;
  /** `null` when the file was never read to its end. */
  readonly rowsTotal: number | null;
  readonly counts: RowCounts;
  readonly warnings: readonly string[];
  readonly failure: { code: string; message: string; row: number | null } | null;
  readonly hasReport: boolean;
  /** Commonest first. */
  readonly problems: readonly Problem[];
  readonly invalidRows: readonly InvalidRow[];
}

const INVALID_ROWS_SHOWN = 10;
// Codes times columns are far fewer; the bound is for a file made to have thousands of columns.
const MOST_PROBLEMS_KEPT = 1_000;

/**
 * Reads what there is to tell of an import that has ended. Memory is bounded, however many rows are invalid.
 * @throws when it has not ended: its mail is stored together with its end
 */
export async function gatherReport(
  { results }: Pick<Store, 'results'>,
  input: Import,
  signal: AbortSignal,
): Promise<ReportFacts> {
  const { status, finishedAt } = input;
  if ((status !== 'completed' && status !== 'cancelled' && status !== 'failed') || !finishedAt) {
    throw new Error('the import has not ended');
  }
  const counts = input.rows ?? NO_ROWS;
  const problems = new Map<string, { code: string; column: string; rows: number }>();
  const invalidRows: InvalidRow[] = [];
  if (counts.invalid > 0) {
    const titleOf = titleReader(input.header);
    for await (const result of results.readResults(input.id, input.partitions, { status: 'Invalid' })) {
      signal.throwIfAborted();
      count(problems, result);
      if (invalidRows.length < INVALID_ROWS_SHOWN) {
        const message = result.errors.map((error) => error.message).join('; ');
        invalidRows.push({ row: result.row, title: titleOf(result.cells), message });
      }
    }
  }
  return {
    importId: input.id,
    fileName: input.fileName,
    timeZone: input.settings.timeZone,
    outcome: status,
    uploadedAt: input.acceptedAt,
    finishedAt,
    rowsTotal: input.rowsTotal,
    counts,
    warnings: input.warnings,
    failure: input.failure,
    hasReport: input.report !== null,
    problems: [...problems.values()].toSorted((a, b) => b.rows - a.rows),
    invalidRows,
  };
}

/** A row that has the same fault of a column several times (two unknown mentees) counts once. */
function count(
  problems: Map<string, { code: string; column: string; rows: number }>,
  { errors }: RowResult,
): void {
  const kinds = new Map(errors.map(({ code, column }) => [`${code} ${column}`, { code, column }]));
  for (const [key, kind] of kinds) {
    const known = problems.get(key);
    if (known) known.rows += 1;
    else if (problems.size < MOST_PROBLEMS_KEPT) problems.set(key, { ...kind, rows: 1 });
  }
}

function titleReader(header: Header): (cells: readonly string[]) => string {
  const index = header.columns.findIndex((column) => column.kind === 'session' && column.key === 'title');
  return (cells) => unguardCell(cells[index] ?? '');
}
