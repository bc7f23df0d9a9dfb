import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Import, Store } from '@mentorline/store';
import { attachmentName } from './attachment-name.ts';

export interface Attachment {
  readonly fileName: string;
  readonly contentType: string;
  readonly content: Buffer;
}

const MIB = 1024 * 1024;
/** Up to here the report is attached as it is, */
const LARGEST_PLAIN_BYTES = 2 * MIB;
/** and up to here, compressed size, as gzip; past that the mail only links to it. */
const LARGEST_GZIP_BYTES = 10 * MIB;

/**
 * The import's report as an attachment; `null` when there is none or it is too large for a mail. Memory holds no more
 * than the largest attachment, whatever the size of the report.
 */
export async function attachReport(
  { files }: Pick<Store, 'files'>,
  { report, fileName }: Pick<Import, 'report' | 'fileName'>,
  signal: AbortSignal,
): Promise<Attachment | null> {
  if (!report) return null;
  const source = wholeReport(files, report, signal);
  if (report.sizeBytes <= LARGEST_PLAIN_BYTES) {
    const content = await collect(source, LARGEST_PLAIN_BYTES);
    const contentType = 'text/csv; charset=utf-8';
    return content && { fileName: attachmentName(fileName, '.csv'), contentType, content };
  }
  // What fails on the way reaches the reader of the gzip stream.
  const content = await collect(
    pipeline(source, createGzip(), () => {}),
    LARGEST_GZIP_BYTES,
  );
  return (
    content && { fileName: attachmentName(fileName, '.csv.gz'), contentType: 'application/gzip', content }
  );
}

/** @throws when the store yields less than the import says: a file that lost its end reads like a shorter one */
async function* wholeReport(
  files: Store['files'],
  { fileId, sizeBytes }: NonNullable<Import['report']>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let readBytes = 0;
  for await (const chunk of files.readFile(fileId)) {
    signal.throwIfAborted();
    readBytes += chunk.length;
    yield chunk;
  }
  if (readBytes !== sizeBytes) throw new Error(`the stored report has ${readBytes} bytes, not ${sizeBytes}`);
}

/** @returns `null`, and the source left off, as soon as it has more than `limitBytes` */
async function collect(source: AsyncIterable<Buffer>, limitBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of source) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
