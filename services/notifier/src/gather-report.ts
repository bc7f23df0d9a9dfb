import { type Header, unguardCell } from '@mentorline/csv';
import {
  type Import,
  NO_ROWS,
  type RowCounts,
  type RowResult,
  type Store,
  statusMessage,
} from '@mentorline/store';

/** A kind of error: what was wrong in which column, and how many rows have it. */
interface Problem {
  readonly code: string;
  readonly column: string;
  readonly rows: number;
}

interface InvalidRow {
  readonly row: number;
  /** By which the reader knows it: the title of the session, or the e-mail address of the user. */
  readonly name: string;
  readonly message: string;
}

/** Why rows were left as they are, and how many for that reason. */
interface LeftAlone {
  readonly reason: string;
  readonly rows: number;
}

/** All that a report mail tells; texts as they were uploaded. */
export interface ReportFacts {
  readonly importId: string;
  readonly kind: Import['kind'];
  readonly mode: Import['mode'];
  readonly fileName: string;
  /** What an undo undoes; `null` for uploads. */
  readonly undone: { importId: string; fileName: string; hasReport: boolean } | null;
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
  /** Of an undo; commonest first. */
  readonly leftAlone: readonly LeftAlone[];
}

const INVALID_ROWS_SHOWN = 10;
// Codes times columns are far fewer; the bound is for a file made to have thousands of columns.
const MOST_PROBLEMS_KEPT = 1_000;

/**
 * Reads what there is to tell of an import that has ended. Memory is bounded, however many rows are invalid.
 * @throws when it has not ended: its mail is stored together with its end
 */
export async function gatherReport(
  store: Pick<Store, 'imports' | 'results'>,
  input: Import,
  signal: AbortSignal,
): Promise<ReportFacts> {
  const { status, finishedAt } = input;
  if ((status !== 'completed' && status !== 'cancelled' && status !== 'failed') || !finishedAt) {
    throw new Error('the import has not ended');
  }
  const counts = input.rows ?? NO_ROWS;
  const undone = input.undoes === null ? undefined : await store.imports.findImport(input.undoes);
  return {
    importId: input.id,
    kind: input.kind,
    mode: input.mode,
    fileName: input.fileName,
    undone: undone
      ? { importId: undone.id, fileName: undone.fileName, hasReport: undone.report !== null }
      : null,
    timeZone: input.settings.timeZone,
    outcome: status,
    uploadedAt: input.acceptedAt,
    finishedAt,
    rowsTotal: input.rowsTotal,
    counts,
    warnings: input.warnings,
    failure: input.failure,
    // Of one that failed on its way the gateway writes it when it is asked for.
    hasReport: input.report !== null || (status === 'failed' && input.partitions > 0),
    ...(counts.invalid > 0 ? await readInvalid(store, input, signal) : { problems: [], invalidRows: [] }),
    leftAlone: input.kind === 'undo' && counts.unchanged > 0 ? await readLeftAlone(store, input, signal) : [],
  };
}

async function readInvalid(
  { results }: Pick<Store, 'results'>,
  { id, kind, partitions, header }: Import,
  signal: AbortSignal,
): Promise<Pick<ReportFacts, 'problems' | 'invalidRows'>> {
  const problems = new Map<string, { code: string; column: string; rows: number }>();
  const invalidRows: InvalidRow[] = [];
  const nameOf = cellReader(header, kind === 'users' ? 'email' : 'title');
  for await (const result of results.readResults(id, partitions, { status: 'Invalid' })) {
    signal.throwIfAborted();
    count(problems, result);
    if (invalidRows.length < INVALID_ROWS_SHOWN) {
      invalidRows.push({ row: result.row, name: nameOf(result.cells), message: statusMessage(result) });
    }
  }
  return { problems: commonestFirst(problems.values()), invalidRows };
}

/** The reasons are the importer's own sentences, of which there are few. */
async function readLeftAlone(
  { results }: Pick<Store, 'results'>,
  { id, partitions }: Import,
  signal: AbortSignal,
): Promise<LeftAlone[]> {
  const rowsByReason = new Map<string, number>();
  for await (const { note } of results.readResults(id, partitions, { status: 'Unchanged' })) {
    signal.throwIfAborted();
    rowsByReason.set(note, (rowsByReason.get(note) ?? 0) + 1);
  }
  return commonestFirst([...rowsByReason].map(([reason, rows]) => ({ reason, rows })));
}

function commonestFirst<Counted extends { rows: number }>(all: Iterable<Counted>): Counted[] {
  return [...all].toSorted((a, b) => b.rows - a.rows);
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

function cellReader(header: Header, key: string): (cells: readonly string[]) => string {
  const index = header.columns.findIndex((column) => column.kind === 'field' && column.key === key);
  return (cells) => unguardCell(cells[index] ?? '');
}
