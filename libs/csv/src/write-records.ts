import { stringify } from 'csv-stringify/sync';
import { guardCell } from './guard.ts';

/** Excel takes a file for UTF-8 only with it. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** Records as CSV text that a spreadsheet opens as it is: comma, CRLF, guarded cells (RFC 4180). */
export function writeRecords(records: readonly (readonly string[])[]): string {
  return stringify(
    records.map((cells) => cells.map(guardCell)),
    { record_delimiter: '\r\n', quote_record_delimiter: true },
  );
}
