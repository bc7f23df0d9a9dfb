import type { Multipart } from '@fastify/multipart';
import { changeLock } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import type { Session, SessionImage } from '@mentorline/store';
import { unbroken } from '../imports/receive-upload.ts';
import { type ChangeDeps, type ChangedBy, changeSession, refusedChange } from './change-session.ts';
import { readImage } from './read-image.ts';

/** What is taken for an image, and how its files are called. */
export const IMAGE_EXTENSIONS = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' } as const;
/** The largest file that is taken for an image. */
export const MOST_IMAGE_BYTES = 5 * 1024 * 1024;

/**
 * The one file of a form; what it is called does not matter.
 * @throws AppError PAYLOAD_TOO_LARGE, FILE_MISSING, VALIDATION_FAILED for anything else in the form
 */
export async function receiveImage(parts: AsyncIterable<Multipart>): Promise<Buffer> {
  let bytes: Buffer | undefined;
  for await (const part of unbroken(parts)) {
    if (part.type === 'field' || bytes) {
      throw new AppError('VALIDATION_FAILED', 'The form of an image has one file and nothing else', {
        faults: [
          { pointer: `/${part.fieldname}`, code: 'FIELD_UNKNOWN', message: 'Only the image is taken here' },
        ],
      });
    }
    const pieces: Buffer[] = [];
    for await (const piece of unbroken<Buffer>(part.file)) pieces.push(piece);
    if (part.file.truncated) {
      throw new AppError(
        'PAYLOAD_TOO_LARGE',
        `The image is larger than ${MOST_IMAGE_BYTES} bytes; scale it down`,
      );
    }
    bytes = Buffer.concat(pieces);
  }
  if (!bytes) throw new AppError('FILE_MISSING', 'Send the image as the form field "image"');
  return bytes;
}

/**
 * Puts a picture in the place of the session's. What follows the image in its file is not kept.
 * @returns whether there was none before
 * @throws AppError IMAGE_INVALID, SESSION_LOCKED
 */
export async function putImage(
  deps: ChangeDeps,
  by: ChangedBy,
  session: Session,
  bytes: Buffer,
): Promise<boolean> {
  const { files } = deps.store;
  const { endBytes, ...facts } = readImage(bytes);
  const metadata = { organisationId: session.organisationId, kind: 'image' };
  const file = await files.writeFile(`session-${session.id}`, metadata, [bytes.subarray(0, endBytes)]);
  const image: SessionImage = { fileId: file.id, sizeBytes: file.sizeBytes, ...facts };
  try {
    return (await replaceImage(deps, by, session, image)) === null;
  } catch (error) {
    // After any other failure it is not known whether the session names the file already.
    if (error instanceof AppError) await files.deleteFile(file.id);
    throw error;
  }
}

/** @throws AppError SESSION_LOCKED */
export async function removeImage(deps: ChangeDeps, by: ChangedBy, session: Session): Promise<void> {
  await replaceImage(deps, by, session, null);
}

/** @returns the picture before, whose file is gone now */
async function replaceImage(
  deps: ChangeDeps,
  by: ChangedBy,
  session: Session,
  image: SessionImage | null,
): Promise<SessionImage | null> {
  const { sessions, files } = deps.store;
  let replaced: SessionImage | null = null;
  await changeSession(deps, by, session, async (current, { at, transaction }) => {
    const locked = changeLock(current, at.getTime(), 'edited');
    if (locked) throw refusedChange(locked);
    replaced = await sessions.readImage(transaction, session.id);
    if (!image && !replaced) return undefined;
    await sessions.setImage(transaction, session.id, image);
    const changed = { ...current, version: current.version + 1 };
    return { session: changed, action: 'session.updated', fields: ['image'] };
  });
  const before = replaced as SessionImage | null;
  if (before) await files.deleteFile(before.fileId);
  return before;
}
