import { AppError } from '@mentorline/runtime';
import type { Encoding } from './csv-format.ts';

/** How much of a file's beginning {@link sniff} looks at, in bytes. */
export const SNIFF_BYTES = 4096;

const UNPACK = 'unpack it and upload the CSV file inside';
const UPLOAD_CSV = 'upload a CSV file';

const SIGNATURES: readonly { readonly bytes: Buffer; readonly what: string; readonly todo: string }[] = [
  {
    bytes: Buffer.from('D0CF11E0A1B11AE1', 'hex'),
    what: 'an Excel workbook in the old format (.xls)',
    todo: 'save it as CSV',
  },
  { bytes: Buffer.from('89504E470D0A1A0A', 'hex'), what: 'a PNG image', todo: UPLOAD_CSV },
  { bytes: Buffer.from('FFD8FF', 'hex'), what: 'a JPEG image', todo: UPLOAD_CSV },
  { bytes: Buffer.from('GIF8'), what: 'a GIF image', todo: UPLOAD_CSV },
  { bytes: Buffer.from('%PDF-'), what: 'a PDF document', todo: UPLOAD_CSV },
  { bytes: Buffer.from('1F8B', 'hex'), what: 'a gzip archive', todo: UNPACK },
  { bytes: Buffer.from('377ABCAF271C', 'hex'), what: 'a 7z archive', todo: UNPACK },
  { bytes: Buffer.from('526172211A07', 'hex'), what: 'a RAR archive', todo: UNPACK },
];

const BYTE_ORDER_MARKS: readonly { readonly bytes: Buffer; readonly encoding: Encoding }[] = [
  { bytes: Buffer.from('EFBBBF', 'hex'), encoding: 'utf-8' },
  { bytes: Buffer.from('FFFE', 'hex'), encoding: 'utf-16le' },
  { bytes: Buffer.from('FEFF', 'hex'), encoding: 'utf-16be' },
];

/**
 * Encoding of a file by its first {@link SNIFF_BYTES} bytes; without a byte order mark it is UTF-8.
 * Throws `FILE_NOT_TEXT` for workbooks, archives, images and the like, saying what to do.
 */
export function sniff(head: Buffer): { encoding: Encoding; bom: boolean } {
  if (startsWith(head, LOCAL_FILE_HEADER) || startsWith(head, EMPTY_ZIP)) throw zipRefused(head);
  const known = SIGNATURES.find(({ bytes }) => startsWith(head, bytes));
  if (known) throw notText(known.what, known.todo);
  const mark = BYTE_ORDER_MARKS.find(({ bytes }) => startsWith(head, bytes));
  return { encoding: mark?.encoding ?? 'utf-8', bom: mark !== undefined };
}

// ZIP application note (APPNOTE.TXT) 4.3.7 and 4.3.16.
const LOCAL_FILE_HEADER = Buffer.from('PK\x03\x04', 'latin1');
const EMPTY_ZIP = Buffer.from('PK\x05\x06', 'latin1');
const NAME_LENGTH_OFFSET = 26;
const NAME_OFFSET = 30;

function zipRefused(head: Buffer): AppError {
  const names = zipEntryNames(head);
  if (names.some((name) => /^(word|ppt)\//.test(name))) return notText('an Office document', UPLOAD_CSV);
  if (names.some((name) => /^(\[Content_Types\]\.xml$|xl\/|_rels\/|docProps\/)/.test(name))) {
    return notText('an Excel workbook', 'save it as CSV');
  }
  // An OpenDocument file starts with an uncompressed entry that names its type.
  if (head.includes('mimetypeapplication/vnd.oasis.opendocument.spreadsheet')) {
    return notText('an OpenDocument spreadsheet', 'save it as CSV');
  }
  return notText('a zip archive', UNPACK);
}

function zipEntryNames(head: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at !== -1; at = head.indexOf(LOCAL_FILE_HEADER, at + NAME_OFFSET)) {
    if (at + NAME_OFFSET > head.length) break;
    const length = head.readUInt16LE(at + NAME_LENGTH_OFFSET);
    names.push(head.toString('latin1', at + NAME_OFFSET, at + NAME_OFFSET + length));
  }
  return names;
}

function startsWith(head: Buffer, bytes: Buffer): boolean {
  return head.subarray(0, bytes.length).equals(bytes);
}

function notText(what: string, todo: string): AppError {
  return new AppError('FILE_NOT_TEXT', `This is ${what}; ${todo}`);
}
