import { AppError } from '@mentorline/runtime';
import type { SessionImage } from '@mentorline/store';

/** An image as its own structure tells it; `endBytes` is where it ends, whatever follows. */
export interface ImageFacts extends Pick<SessionImage, 'contentType' | 'width' | 'height'> {
  endBytes: number;
}

export const MOST_PIXELS = 40_000_000;

/**
 * Reads type, size and end of a JPEG, PNG or WebP from its structure; neither name nor declared type count, and no
 * pixel is decoded. Libraries that guess the size of an image look past what they do not understand, and can be shown
 * another size than a decoder will find: here the whole structure must be sound, and every size in it counts.
 * @throws AppError IMAGE_INVALID
 */
export function readImage(bytes: Buffer): ImageFacts {
  const image = readPng(bytes) ?? readWebp(bytes) ?? readJpeg(bytes);
  if (!image) {
    throw new AppError(
      'IMAGE_INVALID',
      'This is no JPEG, PNG or WebP image, or it is broken; save it anew as one',
    );
  }
  if (image.width * image.height > MOST_PIXELS) {
    throw new AppError(
      'IMAGE_INVALID',
      `The image has ${image.width} × ${image.height} pixels; at most ${MOST_PIXELS / 1e6} million are taken: scale it down`,
    );
  }
  return image;
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** Length, type and checksum of a chunk. */
const PNG_CHUNK_BYTES = 12;

/** PNG, third edition, section 5: chunks from IHDR to IEND. */
function readPng(bytes: Buffer): ImageFacts | undefined {
  if (!bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return undefined;
  let size: Size | undefined;
  let hasPixels = false;
  for (let at = 8; at + PNG_CHUNK_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const endBytes = at + PNG_CHUNK_BYTES + length;
    if (endBytes > bytes.length) return undefined;
    if ((type === 'IHDR') !== (size === undefined)) return undefined;
    if (type === 'IHDR') {
      if (length !== 13) return undefined;
      size = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
    }
    if (type === 'IDAT') hasPixels = true;
    if (type === 'IEND') return hasPixels ? facts('image/png', [size!], endBytes) : undefined;
    at = endBytes;
  }
  return undefined;
}

/** RFC 9649, section 2: one RIFF container, its chunks padded to even lengths. */
function readWebp(bytes: Buffer): ImageFacts | undefined {
  if (bytes.length < 20 || fourCc(bytes, 0) !== 'RIFF' || fourCc(bytes, 8) !== 'WEBP') return undefined;
  const endBytes = 8 + bytes.readUInt32LE(4);
  if (endBytes > bytes.length) return undefined;
  const sizes: Size[] = [];
  let hasPixels = false;
  for (let at = 12; at < endBytes; ) {
    if (at + 8 > endBytes) return undefined;
    const type = fourCc(bytes, at);
    const from = at + 8;
    const length = bytes.readUInt32LE(at + 4);
    if (from + length > endBytes) return undefined;
    const size = webpSize(type, bytes.subarray(from, from + length));
    if (size === 'broken') return undefined;
    if (size) sizes.push(size);
    if (type !== 'VP8X' && (size || type === 'ANMF')) hasPixels = true;
    at = from + length + (length % 2);
  }
  return hasPixels ? facts('image/webp', sizes, endBytes) : undefined;
}

function webpSize(type: string, data: Buffer): Size | 'broken' | undefined {
  switch (type) {
    case 'VP8X':
      if (data.length < 10) return 'broken';
      return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
    case 'VP8 ':
      if (data.length < 10 || data.readUIntBE(3, 3) !== 0x9d012a) return 'broken';
      return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
    case 'VP8L': {
      if (data.length < 5 || data[0] !== 0x2f) return 'broken';
      const bits = data.readUInt32LE(1);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    default:
      return undefined;
  }
}

/** ITU-T T.81, annex B: marker segments, and after each start of scan the coded data up to the next marker. */
function readJpeg(bytes: Buffer): ImageFacts | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  const sizes: Size[] = [];
  let hasPixels = false;
  for (let at = 2; bytes[at] === 0xff; ) {
    // Any number of fill bytes may stand before a marker.
    while (bytes[at] === 0xff) at += 1;
    const marker = bytes[at];
    at += 1;
    if (marker === 0xd9) return hasPixels ? facts('image/jpeg', sizes, at) : undefined;
    if (marker === undefined || marker === 0 || isAlone(marker) || at + 2 > bytes.length) return undefined;
    const length = bytes.readUInt16BE(at);
    if (length < 2 || at + length > bytes.length) return undefined;
    if (isFrame(marker)) {
      if (length < 8) return undefined;
      sizes.push({ width: bytes.readUInt16BE(at + 5), height: bytes.readUInt16BE(at + 3) });
    }
    at += length;
    if (marker === 0xda) {
      hasPixels = sizes.length > 0;
      at = endOfScan(bytes, at);
    }
  }
  return undefined;
}

/** SOI, RST and TEM have no segment, and no business between segments. */
function isAlone(marker: number): boolean {
  return (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01;
}

/** Start of frame, of any coding process. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Where the marker after coded data stands: there, FF is followed by 00 or by a restart marker. */
function endOfScan(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at !== -1) {
    const next = bytes[at + 1];
    if (next !== 0 && !(next !== undefined && next >= 0xd0 && next <= 0xd7)) return at;
    at = bytes.indexOf(0xff, at + 2);
  }
  return bytes.length;
}

interface Size {
  width: number;
  height: number;
}

/** The largest of the sizes counts: a decoder may go by any. */
function facts(
  contentType: SessionImage['contentType'],
  sizes: readonly Size[],
  endBytes: number,
): ImageFacts | undefined {
  const width = Math.max(...sizes.map((size) => size.width));
  const height = Math.max(...sizes.map((size) => size.height));
  const isReal = sizes.every((size) => size.width > 0 && size.height > 0);
  return isReal ? { contentType, width, height, endBytes } : undefined;
}

function fourCc(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4);
}
