import { Readable } from 'node:stream';
import { AppError } from '@mentorline/runtime';
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
     * Streams a file, or its part from one byte up to another.
     * The stream fails with `FILE_DAMAGED` when the file, or a piece of it, is missing.
     * @param part both ends are needed: the driver takes a missing `end` for 0
     */
    readFile(id: string, part?: { start: number; end: number }): Readable {
      // The driver takes an empty part where one of its chunks begins for all that follows.
      if (part && part.start === part.end) return Readable.from([]);
      const content = bucket.openDownloadStream(new Types.ObjectId(id), part);
      return Readable.from(told(content), { objectMode: false });
    },

    /** Removes the files of a purpose that interrupted tries for an import left behind, all but one. */
    async deleteOtherFiles(importId: string, purpose: string, keptId: string): Promise<void> {
      const others = bucket.find({
        'metadata.importId': importId,
        'metadata.purpose': purpose,
        _id: { $ne: new Types.ObjectId(keptId) },
      });
      for await (const { _id } of others) await discard(_id);
    },

    async deleteFile(id: string): Promise<void> {
      await discard(new Types.ObjectId(id));
    },
  };
}

/** A missing file stays missing: the driver's word for it must not look like a fault that passes. */
async function* told(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    const { name, code } = error as { name?: string; code?: unknown };
    if (name !== 'MongoGridFSChunkError' && code !== 'ENOENT') throw error;
    throw new AppError('FILE_DAMAGED', 'The stored file is damaged; please upload it again', {
      cause: error,
    });
  }
}

function written(write: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => write((error) => (error ? reject(error) : resolve())));
}
