import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '@mentorline/runtime';
import { CsvError, type InfoRecord, Parser } from 'csv-parse';
import { type CsvFormat, HAS_CONTENT, MAX_RECORD_BYTES, PARSE_OPTIONS } from './csv-format.ts';
import { Decoder } from './decode.ts';
import { unguardCell } from './guard.ts';
import { SourceOffset } from './source-offset.ts';

export interface CsvRecord {
  /** Row 1 is the first record after the header. */
  readonly row: number;
  /** As many as the record has, without the spreadsheet guard; otherwise as uploaded. */
  readonly cells: string[];
  /** Byte offset in the file just after this record: reading can be taken up there. */
  readonly endOffset: number;
}

export interface RecordBatch {
  readonly records: readonly CsvRecord[];
}

export interface ReadOptions {
  /** An `endOffset` of an earlier reading, at which `source` begins; by default the file's beginning. */
  readonly startOffset?: number;
  /** Number of the first row that is read; belongs to `startOffset`. */
  readonly startRow?: number;
  readonly maxRows?: number;
  readonly signal?: AbortSignal;
}

const BATCH_ROWS = 500;
const BATCH_BYTES = 1024 * 1024;
/** A large chunk would be parsed, and its records held, at one go. */
const BLOCK_BYTES = 64 * 1024;
/** The parser holds back a few bytes to look ahead; a record in progress is measured with them. */
const LOOK_AHEAD_BYTES = 64;
/** More than the 1,048,576 rows of a whole spreadsheet; `maxRows` does not count them, and skipping them takes time too. */
const MAX_BLANK_RECORDS = 2_000_000;

/**
 * The rows of a file, in batches of at most 500; blank records are skipped and not counted.
 * Memory is bounded by one batch and one record, the time at one go by 64 KiB of the source.
 *
 * Throws `QUOTE_BROKEN` and `RECORD_TOO_LARGE` (both with `extra.row`), `TOO_MANY_ROWS` (with `extra.maxRows`,
 * or `extra.maxBlankRecords` for over 2,000,000 blank records), `FILE_ENCODING_INVALID`, `FILE_NOT_TEXT`,
 * and the signal's reason.
 */
export async function* readRecords(
  source: AsyncIterable<Uint8Array>,
  format: CsvFormat,
  options: ReadOptions = {},
): AsyncGenerator<RecordBatch, void, undefined> {
  const { signal, startOffset = 0 } = options;
  const decoder = new Decoder(format, startOffset === 0);
  const records = new RecordParser(format, options);
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at += BLOCK_BYTES) {
        signal?.throwIfAborted();
        await records.write(decoder.write(chunk.subarray(at, at + BLOCK_BYTES)));
        yield* records.fullBatches();
        // Blank records give no batch to wait for: without a pause a file of them would hold up the process.
        await nextTurn();
      }
    }
    signal?.throwIfAborted();
    decoder.end();
    await records.end();
    yield* records.fullBatches();
    yield* records.lastBatch();
  } finally {
    records.close();
  }
}

class RecordParser {
  readonly #parser: Parser;
  readonly #offsets: SourceOffset;
  readonly #maxRows: number;
  #headerPassed: boolean;
  /** Of the last record taken. */
  #row: number;
  #blankRecords = 0;
  /** Bytes of decoded text: what was written, where the last record ended, where the batch starts. */
  #written = 0;
  #recordEnd = 0;
  #batchStart = 0;
  #records: CsvRecord[] = [];

  constructor(format: CsvFormat, { startOffset = 0, startRow = 1, maxRows = Infinity }: ReadOptions) {
    this.#offsets = new SourceOffset(format, startOffset);
    this.#maxRows = maxRows;
    this.#headerPassed = startOffset > 0;
    this.#row = startRow - 1;
    this.#parser = new Parser({
      ...PARSE_OPTIONS,
      delimiter: format.delimiter,
      // Collecting here and passing nothing on saves an object stream of a million records.
      on_record: (cells: string[], { bytes }: InfoRecord) => {
        // The parser expects the width of the first record, and builds an error (a stack trace, a copy of the
        // record) for each of another width, even if told to relax; no option prevents it. With the count
        // at 0 every record is a first one; nothing here uses the count.
        counts.records = 0;
        this.#take(cells, bytes);
        return null;
      },
    });
    const counts: { records: number } = this.#parser.info;
    // A fault is reported by the write it happens in.
    this.#parser.on('error', () => {});
  }

  async write(text: Buffer): Promise<void> {
    this.#offsets.write(text);
    this.#written += text.length;
    await new Promise<void>((resolve, reject) => {
      this.#parser.write(text, (error) => (error ? reject(this.#fault(error)) : resolve()));
    });
    if (this.#written - this.#recordEnd > MAX_RECORD_BYTES + LOOK_AHEAD_BYTES) throw this.#tooLarge();
  }

  async end(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#parser.end((error?: Error | null) => (error ? reject(this.#fault(error)) : resolve()));
    });
  }

  close(): void {
    this.#parser.destroy();
  }

  *fullBatches(): Generator<RecordBatch> {
    while (this.#records.length >= BATCH_ROWS) yield { records: this.#records.splice(0, BATCH_ROWS) };
    if (this.#recordEnd - this.#batchStart >= BATCH_BYTES) yield* this.lastBatch();
  }

  *lastBatch(): Generator<RecordBatch> {
    this.#batchStart = this.#recordEnd;
    if (this.#records.length > 0) yield { records: this.#records.splice(0) };
  }

  #take(cells: string[], end: number): void {
    if (end - this.#recordEnd > MAX_RECORD_BYTES) throw this.#tooLarge();
    this.#recordEnd = end;
    if (!this.#headerPassed) {
      // Judged as when the header was looked for, before the delimiter was known.
      this.#headerPassed = cells.some((cell) => HAS_CONTENT.test(cell));
      if (!this.#headerPassed) this.#countBlank();
      return;
    }
    if (cells.every((cell) => cell.trim() === '')) {
      this.#countBlank();
      return;
    }
    if (this.#row >= this.#maxRows) {
      throw new AppError(
        'TOO_MANY_ROWS',
        `The file has more than ${this.#maxRows.toLocaleString('en')} rows; split it into several files`,
        { extra: { maxRows: this.#maxRows } },
      );
    }
    this.#row++;
    this.#records.push({ row: this.#row, cells: cells.map(unguardCell), endOffset: this.#offsets.at(end) });
  }

  #countBlank(): void {
    this.#blankRecords++;
    if (this.#blankRecords <= MAX_BLANK_RECORDS) return;
    throw new AppError(
      'TOO_MANY_ROWS',
      `The file has more than ${MAX_BLANK_RECORDS.toLocaleString('en')} empty lines; ` +
        'delete the empty lines below the data',
      { extra: { maxBlankRecords: MAX_BLANK_RECORDS } },
    );
  }

  #fault(error: Error): Error {
    if (!(error instanceof CsvError) || !/QUOTE/.test(error.code)) return error;
    const row = this.#row + 1;
    return new AppError(
      'QUOTE_BROKEN',
      `Row ${row}: a quotation mark is not closed or stands in the wrong place; a cell that holds one must be ` +
        'quoted as a whole, with the mark inside doubled',
      { extra: { row }, cause: error },
    );
  }

  #tooLarge(): AppError {
    const row = this.#row + 1;
    return new AppError(
      'RECORD_TOO_LARGE',
      `Row ${row} is larger than 1 MiB; perhaps a quotation mark in it is never closed`,
      { extra: { row } },
    );
  }
}
