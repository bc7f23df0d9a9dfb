import { AppError } from '@mentorline/runtime';
import { type CsvFormat, type Delimiter, HAS_CONTENT } from './csv-format.ts';
import { Decoder } from './decode.ts';
import { findDelimiter } from './delimiter.ts';
import { columnFinder, type Header, readHeader } from './header.ts';
import { HeaderScan } from './header-scan.ts';
import type { Sheet } from './sheet.ts';
import { SNIFF_BYTES, sniff } from './sniff.ts';

export interface CheckedUpload extends CsvFormat {
  readonly header: Header;
}

/**
 * All checks of a file that can be made while it streams in: that it is text, validly encoded to its last byte,
 * has a good header and at least one row. Cheap: only the header is parsed. Holds at most 1 MiB.
 *
 * Both methods throw `FILE_NOT_TEXT`, `FILE_ENCODING_INVALID`, `FILE_EMPTY`, `HEADER_INVALID`, `COLUMN_MISSING`
 * or `COLUMN_DUPLICATE`; nothing may be written after that.
 */
export class UploadCheck {
  readonly #sheet: Sheet;
  #head: Buffer = Buffer.alloc(0);
  #text: (Pick<CsvFormat, 'encoding' | 'bom'> & { decoder: Decoder }) | null = null;
  readonly #scan = new HeaderScan();
  #found: { delimiter: Delimiter; header: Header } | null = null;
  #hasRows = false;

  constructor(sheet: Sheet) {
    this.#sheet = sheet;
  }

  write(chunk: Uint8Array): void {
    if (this.#text) {
      this.#read(this.#text.decoder.write(chunk));
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length >= SNIFF_BYTES) this.#readHead();
  }

  end(): CheckedUpload {
    const { encoding, bom, decoder } = this.#text ?? this.#readHead();
    decoder.end();
    const last = this.#found ? null : this.#scan.end();
    if (last !== null) this.#found = this.#readHeader(last);
    if (!this.#found || !this.#hasRows) {
      throw new AppError('FILE_EMPTY', 'The file has no rows; write at least one below the header');
    }
    return { encoding, bom, ...this.#found };
  }

  #readHead() {
    const head = this.#head;
    this.#head = Buffer.alloc(0);
    const { encoding, bom } = sniff(head);
    const text = { encoding, bom, decoder: new Decoder({ encoding, bom }, true) };
    this.#text = text;
    this.#read(text.decoder.write(head));
    return text;
  }

  #read(text: Buffer): void {
    let rows = text;
    if (!this.#found) {
      const scanned = this.#scan.write(text);
      if (!scanned) return;
      this.#found = this.#readHeader(scanned.record);
      rows = scanned.rest;
    }
    this.#hasRows ||= HAS_CONTENT.test(rows.toString());
  }

  #readHeader(record: string): { delimiter: Delimiter; header: Header } {
    const find = columnFinder(this.#sheet);
    const { delimiter, cells } = findDelimiter(record, (cell) => find(cell).kind !== 'unknown');
    return { delimiter, header: readHeader(cells, this.#sheet) };
  }
}
