import { AppError } from '@mentorline/runtime';
import { CsvError, Parser, type Options as ParserOptions } from 'csv-parse';
import { type CsvFormat, HAS_CONTENT, MAX_RECORD_BYTES, PARSE_OPTIONS } from './csv-format.ts';
import { decodeBlocks } from './decode.ts';
import { unguardCell } from './guard.ts';
import { quoteBroken, RecordCount, recordTooLarge } from './record-count.ts';
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
/** The parser holds back a few bytes to look ahead; a record in progress is measured with them. */
const LOOK_AHEAD_BYTES = 64;

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
  const records = new RecordParser(format, options);
  try {
    for await (const text of decodeBlocks(source, format, options)) {
      await records.write(text);
      yield* records.fullBatches();
    }
    await records.end();
    yield* records.fullBatches();
    yield* records.lastBatch();
  } finally {
    records.close();
  }
}

/** Hands every record on as it is found, which saves an object stream of a million records. */
class CellParser extends Parser {
  readonly #take: (cells: string[], end: number) => void;

  constructor(options: ParserOptions, take: (cells: string[], end: number) => void) {
    super(options);
    this.#take = take;
  }

  override push(cells: string[] | null): boolean {
    if (cells === null) return super.push(cells);
    const { info } = this as unknown as { info: { bytes: number; records: number } };
    // The parser expects the width of the first record, and builds an error (a stack trace, a copy of the
    // record) for each of another width, even if told to relax; no option prevents it. With the count
    // at 0 every record is a first one; nothing here uses the count.
    info.records = 0;
    this.#take(cells, info.bytes);
    return true;
  }
}

class RecordParser {
  readonly #parser: CellParser;
  readonly #offsets: SourceOffset;
  readonly #count: RecordCount;
  #headerPassed: boolean;
  /** Bytes of decoded text: what was written, where the last record ended, where the batch starts. */
  #written = 0;
  #recordEnd = 0;
  #batchStart = 0;
  /** The text at hand, with what the parser has held back of the text before. */
  #recent: Buffer = Buffer.alloc(0);
  #records: CsvRecord[] = [];
  /** What is wrong with a record that was taken; what comes after it counts no more. */
  #refused: AppError | undefined;

  constructor(format: CsvFormat, { startOffset = 0, ...limits }: ReadOptions) {
    this.#offsets = new SourceOffset(format, startOffset);
    this.#count = new RecordCount(limits);
    this.#headerPassed = startOffset > 0;
    const options = { ...PARSE_OPTIONS, delimiter: format.delimiter };
    this.#parser = new CellParser(options, (cells, end) => {
      try {
        if (!this.#refused) this.#take(cells, end);
      } catch (error) {
        // Thrown here it would leave the parser by a way on which nobody waits for it.
        if (!(error instanceof AppError)) throw error;
        this.#refused = error;
      }
    });
    // A fault is reported by the write it happens in.
    this.#parser.on('error', () => {});
  }

  async write(text: Buffer): Promise<void> {
    this.#offsets.write(text);
    this.#written += text.length;
    this.#recent = Buffer.concat([this.#recent.subarray(-LOOK_AHEAD_BYTES), text]);
    await this.#settled((done) => this.#parser.write(text, done));
    if (this.#written - this.#recordEnd > MAX_RECORD_BYTES + LOOK_AHEAD_BYTES) {
      throw recordTooLarge(this.#count.rows + 1);
    }
  }

  async end(): Promise<void> {
    await this.#settled((done) => this.#parser.end(done));
  }

  close(): void {
    this.#parser.destroy();
  }

  async #settled(start: (done: (error?: Error | null) => void) => unknown): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      start((error) => {
        const fault = this.#refused ?? (error && this.#fault(error));
        if (fault) reject(fault);
        else resolve();
      });
    });
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
    if (
      end - this.#recordEnd > MAX_RECORD_BYTES &&
      this.#contentEnd(end) - this.#recordEnd > MAX_RECORD_BYTES
    ) {
      throw recordTooLarge(this.#count.rows + 1);
    }
    this.#recordEnd = end;
    if (!this.#headerPassed) {
      // Judged as when the header was looked for, before the delimiter was known.
      this.#headerPassed = cells.some((cell) => HAS_CONTENT.test(cell));
      if (!this.#headerPassed) this.#count.addBlank();
      return;
    }
    if (cells.every((cell) => cell.trim() === '')) {
      this.#count.addBlank();
      return;
    }
    this.#count.addRow();
    this.#records.push({
      row: this.#count.rows,
      cells: cells.map(unguardCell),
      endOffset: this.#offsets.at(end),
    });
  }

  /** Where the record that ends before `end` has its line end, if it has one. */
  #contentEnd(end: number): number {
    const upTo = this.#recent.subarray(0, end - this.#written + this.#recent.length);
    const [lineEnd] = /\r\n$|[\r\n]$|$/u.exec(upTo.subarray(-2).toString('latin1'))!;
    return end - lineEnd.length;
  }

  #fault(error: Error): Error {
    return error instanceof CsvError && /QUOTE/.test(error.code)
      ? quoteBroken(this.#count.rows + 1, error)
      : error;
  }
}
