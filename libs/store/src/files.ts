import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import mongoose, { type Connection, Types } from 'mongoose';

const CHUNK_BYTES = 1024 * 1024;

/** Uploads and reports, in GridFS: streamed both ways, never held in memory. */
export function fileStore(connection: Connection) {
  const bucket = new mongoose.mongo.GridFSBucket(connection.db!, {
    bucketName: 'files',
    chunkSizeBytes: CHUNK_BYTES,
    writeConcern: { w: 'majority' },
  });
  const discard = async (id: Types.ObjectId): Promise<void> => {
    await connection.db!.collection('files.files').deleteOne({ _id: id });
    await connection.db!.collection('files.chunks').deleteMany({ files_id: id });
  };

  return {
    /**
     * Stores what `content` yields under a new id. When `content` throws nothing is left behind.
     * @throws what `content` throws
     */
    async writeFile(
      name: string,
      metadata: Record<string, unknown>,
      content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    ): Promise<{ id: string; sizeBytes: number }> {
      const upload = bucket.openUploadStream(name, { metadata });
      try {
        await pipeline(content, upload);
      } catch (error) {
        // The driver aborts the upload with the stream; chunks already sent go with this.
        await discard(upload.id);
        throw error;
      }
      return { id: upload.id.toHexString(), sizeBytes: upload.length };
    },

    /**
     * Stores what `content` yields under a known id, in place of whatever an interrupted try left there.
     * @returns its size in bytes
     */
    async replaceFile(
      id: string,
      name: string,
      metadata: Record<string, unknown>,
      content: AsyncIterable<Uint8Array>,
    ): Promise<number> {
      const fileId = new Types.ObjectId(id);
      await discard(fileId);
      const upload = bucket.openUploadStreamWithId(fileId, name, { metadata });
      await pipeline(content, upload);
      return upload.length;
    },

    /** Streams a file from `offset` bytes on. The stream fails when the file does not exist. */
    readFile(id: string, offset = 0): Readable {
      return bucket.openDownloadStream(new Types.ObjectId(id), { start: offset });
    },

    async deleteFile(id: string): Promise<void> {
      await discard(new Types.ObjectId(id));
    },
  };
}
