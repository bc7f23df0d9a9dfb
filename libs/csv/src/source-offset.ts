import { bomBytes, type CsvFormat } from './csv-format.ts';

/**
 * Where a byte of the decoded text stands in the file. Positions are asked for in rising order, so that of
 * transcoded text only what lies after the last answer is held.
 */
export class SourceOffset {
  readonly #transcoded: boolean;
  #text: Buffer = Buffer.alloc(0);
  #textPosition = 0;
  #sourceOffset: number;

  /** `startOffset`: byte offset in the file at which reading starts. */
  constructor(format: CsvFormat, startOffset: number) {
    this.#transcoded = format.encoding !== 'utf-8';
    this.#sourceOffset = startOffset === 0 ? bomBytes(format) : startOffset;
  }

  /** The next piece of decoded text (UTF-8). */
  write(text: Buffer): void {
    if (this.#transcoded) this.#text = Buffer.concat([this.#text, text]);
  }

  /** Byte offset in the file of the given byte of the decoded text. */
  at(textPosition: number): number {
    const length = textPosition - this.#textPosition;
    this.#sourceOffset += this.#transcoded ? utf16Bytes(this.#text.subarray(0, length)) : length;
    if (this.#transcoded) this.#text = this.#text.subarray(length);
    this.#textPosition = textPosition;
    return this.#sourceOffset;
  }
}

/** Two bytes for each character, four for one outside the basic plane, which takes four bytes in UTF-8 as well. */
function utf16Bytes(text: Buffer): number {
  let units = 0;
  for (const byte of text) {
    const continues = byte >= 0x80 && byte < 0xc0;
    if (!continues) units += byte >= 0xf0 ? 2 : 1;
  }
  return units * 2;
}
