export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** The candidates, the commonest first: it wins where a header does not decide. */
export const DELIMITERS = [',', ';', '\t'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** What was detected of a file; all that is needed to read it again. */
export interface CsvFormat {
  readonly encoding: Encoding;
  /** Whether the file starts with a byte order mark; always so for UTF-16. */
  readonly bom: boolean;
  readonly delimiter: Delimiter;
}

/** Length of the byte order mark that the file starts with. */
export function bomBytes(format: Pick<CsvFormat, 'encoding' | 'bom'>): number {
  if (!format.bom) return 0;
  return format.encoding === 'utf-8' ? 3 : 2;
}

/** How every file is split: any line end, mixed too; a record may be shorter or longer than the header. */
export const PARSE_OPTIONS = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
};

/** Largest record, the header too, in bytes of UTF-8; its line end does not count. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** Matches text that holds more than white space, quotes and delimiters of any kind. */
export const HAS_CONTENT = /[^\s",;]/u;
