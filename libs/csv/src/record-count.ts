import { AppError } from '@mentorline/runtime';

/** More than the 1,048,576 rows of a whole spreadsheet; `maxRows` does not count them, and skipping them takes time too. */
const MAX_BLANK_RECORDS = 2_000_000;

export function quoteBroken(row: number, cause?: Error): AppError {
  return new AppError(
    'QUOTE_BROKEN',
    `Row ${row}: a quotation mark is not closed or stands in the wrong place; a cell that holds one must be ` +
      'quoted as a whole, with the mark inside doubled',
    { extra: { row }, cause },
  );
}

export function recordTooLarge(row: number): AppError {
  return new AppError(
    'RECORD_TOO_LARGE',
    `Row ${row} is larger than 1 MiB; perhaps a quotation mark in it is never closed`,
    { extra: { row } },
  );
}

/** Counts the records of a file. */
export class RecordCount {
  /** The rows so far: blank records and the header are none. */
  rows: number;
  readonly #maxRows: number;
  #blankRecords = 0;

  constructor({ startRow = 1, maxRows = Infinity }: { startRow?: number; maxRows?: number }) {
    this.rows = startRow - 1;
    this.#maxRows = maxRows;
  }

  /** Throws `TOO_MANY_ROWS`. */
  addRow(): void {
    if (this.rows >= this.#maxRows) {
      throw new AppError(
        'TOO_MANY_ROWS',
        `The file has more than ${this.#maxRows.toLocaleString('en')} rows; split it into several files`,
        { extra: { maxRows: this.#maxRows } },
      );
    }
    this.rows++;
  }

  /** Throws `TOO_MANY_ROWS`. */
  addBlank(): void {
    this.#blankRecords++;
    if (this.#blankRecords <= MAX_BLANK_RECORDS) return;
    throw new AppError(
      'TOO_MANY_ROWS',
      `The file has more than ${MAX_BLANK_RECORDS.toLocaleString('en')} empty lines; ` +
        'delete the empty lines below the data',
      { extra: { maxBlankRecords: MAX_BLANK_RECORDS } },
    );
  }
}
