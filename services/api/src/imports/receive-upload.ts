import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { CheckedUpload, Sheet } from '@mentorline/csv';
import { AppError } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import { UploadChecks } from './upload-checks.ts';

interface UploadDeps {
  store: Pick<Store, 'files'>;
  maxUploadBytes: number;
}

export interface ReceivedUpload<Kind extends string> {
  fileId: string;
  fileName: string;
  sizeBytes: number;
  sha256: string;
  /** @throws AppError what is wrong with the file as one of this kind */
  checkedAs(kind: Kind): CheckedUpload;
}

/**
 * Streams an upload into GridFS while it is measured, hashed and checked; memory holds a chunk at a time.
 * A refused or broken-off upload leaves nothing behind.
 * @throws AppError PAYLOAD_TOO_LARGE, BODY_INVALID when the client broke off, or what `UploadCheck` finds
 */
export async function receiveUpload<Kind extends string>(
  { store, maxUploadBytes }: UploadDeps,
  upload: {
    content: Readable;
    fileName: string | undefined;
    organisationId: string;
    /** By each kind that the file may be of. */
    sheets: ReadonlyMap<Kind, Sheet>;
  },
): Promise<ReceivedUpload<Kind>> {
  const checks = new UploadChecks(upload.sheets);
  const hash = createHash('sha256');
  const fileName = cleanName(upload.fileName);
  let sizeBytes = 0;

  async function* content(): AsyncGenerator<Uint8Array> {
    // The request must outlive a refusal: the answer goes out on the same connection.
    for await (const chunk of unbroken<Buffer>(upload.content.iterator({ destroyOnReturn: false }))) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxUploadBytes) {
        throw new AppError('PAYLOAD_TOO_LARGE', `The file is larger than ${maxUploadBytes} bytes; split it`);
      }
      checks.write(chunk);
      hash.update(chunk);
      yield chunk;
    }
    checks.end();
  }

  const { organisationId } = upload;
  const { id: fileId } = await store.files.writeFile(fileName, { organisationId, kind: 'upload' }, content());
  const checkedAs = (kind: Kind) => checks.checkedAs(kind);
  return { fileId, fileName, sizeBytes, sha256: hash.digest('hex'), checkedAs };
}

/**
 * What a source of the request yields.
 * @throws AppError BODY_INVALID when the client broke off or its form data is damaged, or what the form is refused for
 */
export async function* unbroken<Part>(source: AsyncIterable<Part>): AsyncGenerator<Part> {
  try {
    yield* source;
  } catch (cause) {
    throw refusal(cause);
  }
}

function refusal(cause: unknown): AppError {
  switch ((cause as { code?: unknown }).code) {
    case 'FST_PARTS_LIMIT':
    case 'FST_FIELDS_LIMIT':
    case 'FST_FILES_LIMIT':
      return new AppError(
        'PAYLOAD_TOO_LARGE',
        'The form has too many parts; send one file and its few fields',
        {
          cause,
        },
      );
    case 'FST_PROTO_VIOLATION':
      return wrongField(
        'FIELD_UNKNOWN',
        'A field has a name that no field can have, such as __proto__',
        cause,
      );
    case 'FST_INVALID_JSON_FIELD_ERROR':
      return wrongField('FIELD_INVALID', 'A field says that it is JSON, and is not; send plain text', cause);
    default:
      return new AppError('BODY_INVALID', 'The upload broke off, or its form data is damaged', { cause });
  }
}

/** The form's reader does not say which field it was. */
function wrongField(code: string, message: string, cause: unknown): AppError {
  return new AppError('VALIDATION_FAILED', 'The fields of the form do not fit the schema; see errors', {
    faults: [{ code, message }],
    cause,
  });
}

/**
 * Lets a refused upload run out unread, as most clients read the answer only when they have sent everything.
 * One that goes on for longer than an upload may be is cut off.
 */
export function drain(request: IncomingMessage, maxBytes: number): void {
  let left = maxBytes;
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.resume();
}

const LONGEST_NAME = 255;

/** The last part of the name, fit to be shown: clients send paths and worse. */
function cleanName(name: string | undefined): string {
  const last = name?.split(/[\\/]/u).at(-1) ?? '';
  const clean = last.replace(/[\p{Cc}\p{Cs}]/gu, '').trim();
  return [...clean].slice(0, LONGEST_NAME).join('') || 'sessions.csv';
}
