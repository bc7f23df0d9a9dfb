import { readFileSync } from 'node:fs';
import type { CustomField } from '@mentorline/domain';
import { AppError, type ErrorCode } from '@mentorline/runtime';
import {
  type CheckedUpload,
  type CsvFormat,
  type CsvRecord,
  type ReadOptions,
  readRecords,
  type Sheet,
  sessionSheet,
  UploadCheck,
} from '../src/index.ts';

export const HEADER =
  'Action,id,title,description,type,Mentor(Email),Mentees(Email),Date(DD-MM-YYYY),Time Zone(IST/UTC),' +
  'Time (24 hrs),Duration(Min),recommended_for,categories,medium,Meeting Platform,Meeting Link,' +
  'Meeting Passcode (if needed)';

export const ROW =
  'Create,,A title,A text,Public,asha.rao@example.org,,14-06-2027,IST,15:00,60,Teachers,Life,English,,,';

/** The tests run from `build/test`; the fixture is data and is not built. */
export const SAMPLE_FILE = readFileSync(new URL('../../test/fixtures/sessions-small.csv', import.meta.url));

export const UTF8: CsvFormat = { encoding: 'utf-8', bom: false, delimiter: ',' };

export function customField(field: Partial<CustomField> & { name: string }): CustomField {
  return { label: field.name, type: 'text', required: false, allowedValues: [], ...field };
}

/** The text in an encoding, with or without a byte order mark. */
export function encode(text: string, { encoding, bom }: Pick<CsvFormat, 'encoding' | 'bom'>): Buffer {
  const marked = bom ? `\uFEFF${text}` : text;
  if (encoding === 'utf-8') return Buffer.from(marked);
  const littleEndian = Buffer.from(marked, 'utf16le');
  return encoding === 'utf-16le' ? littleEndian : littleEndian.swap16();
}

export async function* chunksOf(bytes: Buffer, size = 65_536): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The sheet of an organisation without custom fields. */
export const SESSION_SHEET = sessionSheet([]);

export function check(bytes: Buffer, sheet: Sheet = SESSION_SHEET, chunkBytes = 65_536): CheckedUpload {
  const upload = new UploadCheck(sheet);
  for (let at = 0; at < bytes.length; at += chunkBytes) upload.write(bytes.subarray(at, at + chunkBytes));
  return upload.end();
}

export async function readAll(
  bytes: Buffer,
  format: CsvFormat = UTF8,
  options: ReadOptions = {},
  chunkBytes = 65_536,
) {
  const records: CsvRecord[] = [];
  for await (const batch of readRecords(chunksOf(bytes, chunkBytes), format, options))
    records.push(...batch.records);
  return records;
}

/** The error code and text with which something is refused. */
export function refusal(act: () => unknown): { code: ErrorCode; message: string } | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    throw error;
  }
  return undefined;
}
