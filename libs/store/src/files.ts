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
      // Told where the write is awaited.
      upload.on('error', () => {});
      try {
        // Not a pipeline: that would let go of a chunk on its way, which could arrive after `discard`.
        for await (const piece of content) await written((done) => upload.write(piece, done));
        await written((done) => upload.end(done));
      } catch (error) {
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

    /**
     * Streams a file, or its part from one byte up to another. The stream fails when the file does not exist.
     * @param part both ends are needed: the driver takes a missing `end` for 0
     */
    readFile(id: string, part?: { start: number; end: number }): Readable {
      return bucket.openDownloadStream(new Types.ObjectId(id), part);
    },

    async deleteFile(id: string): Promise<void> {
      await discard(new Types.ObjectId(id));
    },
  };
}

function written(write: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => write((error) => (error ? reject(error) : resolve())));
}
