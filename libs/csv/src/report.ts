import { type Header, REPORT_COLUMNS } from './header.ts';
import type { SheetColumn } from './sheet.ts';
import { BYTE_ORDER_MARK, writeRecords } from './write-records.ts';

const RECORDS_A_PIECE = 500;
const STATUS_MESSAGE = REPORT_COLUMNS[2].header;

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
 * The columns of the report: those uploaded, without the ones of an earlier report; `id` if the sheet has it and the
 * upload had not, so that published sessions can be named in a later upload; then what became of the row.
 */
export function reportHeader(columns: readonly SheetColumn[], header: Header): string[] {
  return [
    ...keptIndexes(header).map((index) => header.names[index]!),
    ...(lacksId(columns, header) ? ['id'] : []),
    ...REPORT_COLUMNS.map((column) => column.header),
  ];
}

/**
 * The report as CSV, piece by piece: UTF-8 with a byte order mark. A short
 * row is filled up with blank cells. The surplus cells of a long one (Invalid by itself) follow at its end, so that
 * nothing is lost and the file, uploaded as it is, is refused again.
 */
export function writeReport(
  columns: readonly SheetColumn[],
  header: Header,
  rows: AsyncIterable<ReportRow>,
): AsyncGenerator<Buffer, void, undefined> {
  const kept = keptIndexes(header);
  const id = idIndex(header);
  const addsId = lacksId(columns, header);
  return writeFile(reportHeader(columns, header), rows, (row) => [
    ...kept.map((index) => (index === id && row.sessionId) || (row.cells[index] ?? '')),
    ...(addsId ? [row.sessionId ?? ''] : []),
    String(row.row),
    row.status,
    row.message,
    ...surplusOf(header, row.cells),
  ]);
}

/** Rows to be corrected and uploaded again: the uploaded columns and what is wrong, otherwise as the report. */
export function writeCorrections(
  header: Header,
  rows: AsyncIterable<Pick<ReportRow, 'cells' | 'message'>>,
): AsyncGenerator<Buffer, void, undefined> {
  const kept = keptIndexes(header);
  const names = [...kept.map((index) => header.names[index]!), STATUS_MESSAGE];
  return writeFile(names, rows, ({ cells, message }) => [
    ...kept.map((index) => cells[index] ?? ''),
    message,
    ...surplusOf(header, cells),
  ]);
}

async function* writeFile<Row>(
  header: readonly string[],
  rows: AsyncIterable<Row>,
  cellsOf: (row: Row) => string[],
): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.from(BYTE_ORDER_MARK + writeRecords([header]));
  let records: string[][] = [];
  for await (const row of rows) {
    records.push(cellsOf(row));
    if (records.length < RECORDS_A_PIECE) continue;
    yield Buffer.from(writeRecords(records));
    records = [];
  }
  if (records.length > 0) yield Buffer.from(writeRecords(records));
}

/** Cells past the header; blank ones mean nothing. */
function surplusOf({ names }: Header, cells: readonly string[]): readonly string[] {
  const surplus = cells.slice(names.length);
  return surplus.some((cell) => cell.trim() !== '') ? surplus : [];
}

function keptIndexes(header: Header): number[] {
  return [...header.columns.keys()].filter((index) => header.columns[index]?.kind !== 'report');
}

function idIndex(header: Header): number {
  return header.columns.findIndex((column) => column.kind === 'field' && column.key === 'id');
}

function lacksId(columns: readonly SheetColumn[], header: Header): boolean {
  return columns.some(({ key }) => key === 'id') && idIndex(header) === -1;
}
