import { AppError } from '@mentorline/runtime';
import { HAS_CONTENT, MAX_RECORD_BYTES } from './csv-format.ts';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Finds the first record with content without knowing the delimiter: a line break outside quotes ends it,
 * and a quote doubled inside quotes leaves the count even. Holds no more than one record.
 */
export class HeaderScan {
  #parts: Buffer[] = [];
  #heldBytes = 0;
  #insideQuotes = false;

  /**
   * The header record and the text after it, or null while the header goes on.
   * Throws `HEADER_INVALID` once it is larger than 1 MiB.
   */
  write(text: Buffer): { record: string; rest: Buffer } | null {
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const byte = text[at];
      if (byte === QUOTE) this.#insideQuotes = !this.#insideQuotes;
      if (this.#insideQuotes || (byte !== LF && byte !== CR)) continue;
      this.#hold(text.subarray(start, at));
      start = at + 1;
      const record = this.end();
      if (record !== null) return { record, rest: text.subarray(start) };
    }
    this.#hold(text.subarray(start));
    return null;
  }

  /** What is held as a record, or null if it is blank. */
  end(): string | null {
    const record = Buffer.concat(this.#parts).toString();
    this.#parts = [];
    this.#heldBytes = 0;
    return HAS_CONTENT.test(record) ? record : null;
  }

  #hold(text: Buffer): void {
    this.#heldBytes += text.length;
    if (this.#heldBytes > MAX_RECORD_BYTES) {
      throw new AppError(
        'HEADER_INVALID',
        'The header is larger than 1 MiB; perhaps a quotation mark in it is never closed',
      );
    }
    this.#parts.push(text);
  }
}
