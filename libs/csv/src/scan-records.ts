import { type CsvFormat, MAX_RECORD_BYTES } from './csv-format.ts';
import { decodeBlocks } from './decode.ts';
import { quoteBroken, RecordCount, recordTooLarge } from './record-count.ts';
import { SourceOffset } from './source-offset.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;

export interface ScanOptions {
  /** After every so many rows a landmark is noted. */
  readonly landmarkEveryRows: number;
  readonly maxRows?: number;
  readonly signal?: AbortSignal;
}

export interface ScannedFile {
  readonly rows: number;
  /** Where reading can be taken up: the byte offset in the file just after a row. */
  readonly landmarks: { row: number; offset: number }[];
}

/**
 * The structure of a whole file: its rows counted, every quote and record size checked. It comes to the same rows,
 * offsets and faults as `readRecords`, without making cells, and so in a small part of the time.
 *
 * Throws what `readRecords` throws.
 */
export async function scanRecords(
  source: AsyncIterable<Uint8Array>,
  format: CsvFormat,
  options: ScanOptions,
): Promise<ScannedFile> {
  const scan = new RecordScan(format, options);
  for await (const text of decodeBlocks(source, format, options)) scan.write(text);
  return scan.end();
}

class RecordScan {
  readonly #delimiter: number;
  readonly #offsets: SourceOffset;
  readonly #count: RecordCount;
  readonly #landmarkEveryRows: number;
  readonly #landmarks: ScannedFile['landmarks'] = [];
  #headerPassed = false;
  /** Bytes of decoded text: before the block at hand, and where the last record ended. */
  #blockStart = 0;
  #recordEnd = 0;
  /** Between a quote that opens a cell and the one that closes it. */
  #insideQuotes = false;
  /** The byte before was a quote inside quotes: one that closes the cell, or the first of a doubled one. */
  #afterQuote = false;
  /** The byte before was a CR that ends a record, with the LF after it if there is one. */
  #afterCr = false;
  #cellIsEmpty = true;
  /** Whether the record has anything but white space in its cells. */
  #hasContent = false;
  /** Of a character outside ASCII: its bits so far, and how many bytes are missing. */
  #character = 0;
  #bytesMissing = 0;

  constructor(format: CsvFormat, { landmarkEveryRows, ...limits }: ScanOptions) {
    this.#delimiter = format.delimiter.charCodeAt(0);
    this.#offsets = new SourceOffset(format, 0);
    this.#count = new RecordCount(limits);
    this.#landmarkEveryRows = landmarkEveryRows;
  }

  /** Valid UTF-8 (of whole characters). */
  write(text: Buffer): void {
    this.#offsets.write(text);
    for (let at = 0; at < text.length; at++) this.#take(text[at]!, this.#blockStart + at);
    this.#blockStart += text.length;
    const ending = this.#afterCr ? 1 : 0;
    if (this.#blockStart - ending - this.#recordEnd > MAX_RECORD_BYTES) {
      throw recordTooLarge(this.#count.rows + 1);
    }
  }

  end(): ScannedFile {
    if (this.#afterCr) this.#endRecord(this.#blockStart, 1);
    if (this.#insideQuotes && !this.#afterQuote) throw quoteBroken(this.#count.rows + 1);
    if (this.#blockStart > this.#recordEnd) this.#endRecord(this.#blockStart, 0);
    return { rows: this.#count.rows, landmarks: this.#landmarks };
  }

  #take(byte: number, position: number): void {
    if (this.#afterCr) {
      if (byte === LF) {
        this.#endRecord(position + 1, 2);
        return;
      }
      this.#endRecord(position, 1);
    }
    if (this.#insideQuotes) {
      if (!this.#afterQuote) {
        if (byte === QUOTE) this.#afterQuote = true;
        else this.#look(byte);
        return;
      }
      this.#afterQuote = false;
      if (byte === QUOTE) {
        this.#look(byte);
        return;
      }
      if (byte !== this.#delimiter && byte !== LF && byte !== CR) throw quoteBroken(this.#count.rows + 1);
      this.#insideQuotes = false;
    }
    if (byte === this.#delimiter) this.#cellIsEmpty = true;
    else if (byte === LF) this.#endRecord(position + 1, 1);
    else if (byte === CR) this.#afterCr = true;
    else if (byte === QUOTE) {
      if (!this.#cellIsEmpty) throw quoteBroken(this.#count.rows + 1);
      this.#insideQuotes = true;
    } else {
      this.#cellIsEmpty = false;
      this.#look(byte);
    }
  }

  /** Whether a byte of a cell is content. In the header quotes and delimiters of any kind are none. */
  #look(byte: number): void {
    if (this.#hasContent) return;
    if (byte >= 0x80) {
      this.#lookBeyondAscii(byte);
      return;
    }
    const isSpace = byte === SPACE || (byte >= TAB && byte <= CR);
    const isMark = byte === QUOTE || byte === COMMA || byte === SEMICOLON;
    this.#hasContent = !isSpace && (this.#headerPassed || !isMark);
  }

  /** White space of other scripts is none either (RFC 3629, 3: how a character is spread over bytes). */
  #lookBeyondAscii(byte: number): void {
    if (byte < 0xc0) {
      this.#character = (this.#character << 6) | (byte & 0x3f);
      this.#bytesMissing--;
      if (this.#bytesMissing === 0) this.#hasContent = !/\s/u.test(String.fromCodePoint(this.#character));
    } else if (byte < 0xe0) {
      this.#character = byte & 0x1f;
      this.#bytesMissing = 1;
    } else if (byte < 0xf0) {
      this.#character = byte & 0x0f;
      this.#bytesMissing = 2;
    } else {
      this.#character = byte & 0x07;
      this.#bytesMissing = 3;
    }
  }

  #endRecord(end: number, lineEndBytes: number): void {
    if (end - lineEndBytes - this.#recordEnd > MAX_RECORD_BYTES) throw recordTooLarge(this.#count.rows + 1);
    if (!this.#hasContent) this.#count.addBlank();
    else if (!this.#headerPassed) this.#headerPassed = true;
    else this.#addRow(end);
    this.#recordEnd = end;
    this.#afterCr = false;
    this.#afterQuote = false;
    this.#insideQuotes = false;
    this.#cellIsEmpty = true;
    this.#hasContent = false;
  }

  #addRow(end: number): void {
    this.#count.addRow();
    const { rows } = this.#count;
    if (rows % this.#landmarkEveryRows === 0) {
      this.#landmarks.push({ row: rows, offset: this.#offsets.at(end) });
    }
  }
}
