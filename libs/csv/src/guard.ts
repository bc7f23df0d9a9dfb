/**
 * A spreadsheet takes a cell that starts so for a formula, and runs it. An apostrophe before it makes it text.
 */
const FORMULA_START = /^[=+\-@\t\r]/;
const GUARDED = /^'[=+\-@\t\r]/;

/** The cell as it may stand in a file for spreadsheets. */
export function guardCell(cell: string): string {
  return FORMULA_START.test(cell) ? `'${cell}` : cell;
}

/** The cell without the guard that {@link guardCell} (or a careful person) has put before it. */
export function unguardCell(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}
