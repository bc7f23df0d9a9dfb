import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { AppError } from '@mentorline/runtime';
import { bomBytes, type CsvFormat } from './csv-format.ts';

/** A large piece would be parsed, and its records held, at one go. */
const BLOCK_BYTES = 64 * 1024;

/**
 * The text of a file, or of what follows `startOffset` in it, as UTF-8, block by block; other work of the process gets
 * its turn after each.
 *
 * Throws `FILE_ENCODING_INVALID`, `FILE_NOT_TEXT`, and the signal's reason.
 */
export async function* decodeBlocks(
  source: AsyncIterable<Uint8Array>,
  format: CsvFormat,
  { signal, startOffset = 0 }: { signal?: AbortSignal; startOffset?: number },
): AsyncGenerator<Buffer, void, undefined> {
  const decoder = new Decoder(format, startOffset === 0);
  for await (const piece of source) {
    for (let at = 0; at < piece.length; at += BLOCK_BYTES) {
      signal?.throwIfAborted();
      yield decoder.write(piece.subarray(at, at + BLOCK_BYTES));
      await nextTurn();
    }
  }
  signal?.throwIfAborted();
  decoder.end();
}

/**
 * Turns the bytes of a file, however they are cut into chunks, into valid UTF-8 without a byte order mark.
 * `atStart` says whether the first chunk is the beginning of the file.
 */
export class Decoder {
  readonly #utf16: TextDecoder | null;
  #bomLeft: number;
  #carry: Buffer = Buffer.alloc(0);

  constructor(format: Pick<CsvFormat, 'encoding' | 'bom'>, atStart: boolean) {
    this.#bomLeft = atStart ? bomBytes(format) : 0;
    this.#utf16 =
      format.encoding === 'utf-8' ? null : new TextDecoder(format.encoding, { fatal: true, ignoreBOM: true });
  }

  /**
   * Whole characters only; what is cut at the end of `chunk` comes with the next one.
   * Throws `FILE_ENCODING_INVALID`, or `FILE_NOT_TEXT` for a NUL character.
   */
  write(chunk: Uint8Array): Buffer {
    const bomPart = Math.min(this.#bomLeft, chunk.length);
    this.#bomLeft -= bomPart;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset + bomPart, chunk.length - bomPart);
    return this.#utf16 ? this.#transcode(this.#utf16, bytes) : this.#wholeCharacters(bytes);
  }

  /** Throws `FILE_ENCODING_INVALID` where the file ends inside a character. */
  end(): void {
    if (this.#utf16) this.#transcode(this.#utf16);
    if (this.#carry.length > 0) throw invalid('UTF-8');
  }

  #wholeCharacters(chunk: Buffer): Buffer {
    refuseNul(chunk);
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    const end = bytes.length - cutCharacterBytes(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) throw invalid('UTF-8');
    // A copy: the source may use its buffer again.
    this.#carry = Buffer.from(bytes.subarray(end));
    return whole;
  }

  #transcode(decoder: TextDecoder, chunk?: Buffer): Buffer {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      throw invalid('UTF-16', cause);
    }
    const bytes = Buffer.from(text);
    refuseNul(bytes);
    return bytes;
  }
}

/** How many bytes at the end are the beginning of a character whose rest is missing: 0 to 3 (RFC 3629, 3). */
function cutCharacterBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

function refuseNul(bytes: Buffer): void {
  if (bytes.includes(0)) {
    throw new AppError(
      'FILE_NOT_TEXT',
      'This is a binary file, or text in an unusual encoding; save it as CSV UTF-8',
    );
  }
}

function invalid(encoding: string, cause?: unknown): AppError {
  return new AppError(
    'FILE_ENCODING_INVALID',
    `The file is not valid ${encoding}; choose "CSV UTF-8" when you save it in your spreadsheet`,
    { cause },
  );
}
