import { guardCell } from './guard.ts';

/** Excel takes a file for UTF-8 only with it. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** Records as CSV text that a spreadsheet opens as it is: comma, CRLF, guarded cells (RFC 4180). */
export function writeRecords(records: readonly (readonly string[])[]): string {
  let text = '';
  for (const cells of records) text += `${cells.map(writeCell).join(',')}\r\n`;
  return text;
}

function writeCell(cell: string): string {
  if (cell === '') return cell;
  const guarded = guardCell(cell);
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
