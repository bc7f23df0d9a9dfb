import { type Header, REPORT_COLUMNS } from './header.ts';
import { BYTE_ORDER_MARK, writeRecords } from './write-records.ts';

export interface ReportRow {
  readonly row: number;
  /** As uploaded. */
  readonly cells: readonly string[];
  readonly status: string;
  readonly message: string;
  /** Shown in the column `id` in place of what was uploaded there; null leaves that as it is. */
  readonly sessionId: string | null;
}

/**
 * The columns of the report: those uploaded, without the ones of an earlier report; `id` if the upload had none,
 * so that published sessions can be named in a later upload; then what became of the row.
 */
export function reportHeader(header: Header): string[] {
  return [
    ...keptIndexes(header).map((index) => header.names[index]!),
    ...(idIndex(header) === -1 ? ['id'] : []),
    ...REPORT_COLUMNS.map((column) => column.header),
  ];
}

/**
 * The report as CSV: one piece for the header, then one for each batch of rows, UTF-8 with a byte order mark.
 * Every record has the width of the header: a short row is filled up with blank cells, the surplus cells of a
 * long one (Invalid by itself) are left to its message.
 */
export async function* writeReport(
  header: Header,
  rows: AsyncIterable<readonly ReportRow[]>,
): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.from(BYTE_ORDER_MARK + writeRecords([reportHeader(header)]));
  const kept = keptIndexes(header);
  const id = idIndex(header);
  for await (const batch of rows) {
    if (batch.length > 0) yield Buffer.from(writeRecords(batch.map((row) => reportCells(row, kept, id))));
  }
}

function reportCells(row: ReportRow, kept: readonly number[], id: number): string[] {
  const cells = kept.map((index) => (index === id && row.sessionId) || (row.cells[index] ?? ''));
  if (id === -1) cells.push(row.sessionId ?? '');
  cells.push(String(row.row), row.status, row.message);
  return cells;
}

function keptIndexes(header: Header): number[] {
  return [...header.columns.keys()].filter((index) => header.columns[index]?.kind !== 'report');
}

function idIndex(header: Header): number {
  return header.columns.findIndex((column) => column.kind === 'session' && column.key === 'id');
}
