import { Readable } from 'node:stream';
import { AppError } from '@mentorline/runtime';
import mongoose, { type Connection, type mongo, Types } from 'mongoose';

const CHUNK_BYTES = 1024 * 1024;
const PIECES_A_FETCH = 2;

/** A chunk of a file, as GridFS lays it down. */
interface StoredPiece {
  files_id: Types.ObjectId;
  n: number;
  data: mongo.Binary;
}

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

  // Not the bucket's own stream: it asks for all pieces in one batch, and gets 16 MB of them at a time.
  async function* readPieces(
    id: Types.ObjectId,
    part?: { start: number; end: number },
  ): AsyncGenerator<Buffer, void, undefined> {
    const file = await bucket.find({ _id: id }).next();
    if (!file) throw damaged();
    const { start, end } = part ?? { start: 0, end: file.length };
    let next = Math.floor(start / file.chunkSize);
    let at = next * file.chunkSize;
    const pieces = connection
      .db!.collection<StoredPiece>('files.chunks')
      .find({ files_id: id, n: { $gte: next } })
      .sort({ n: 1 })
      .batchSize(PIECES_A_FETCH);
    for await (const { n, data } of pieces) {
      if (at >= end) return;
      if (n !== next) throw damaged();
      const bytes = Buffer.from(data.buffer.buffer, data.buffer.byteOffset, data.position);
      yield bytes.subarray(Math.max(start - at, 0), Math.min(end - at, bytes.length));
      at += bytes.length;
      next += 1;
    }
    if (at < end) throw damaged();
  }

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
     */
    readFile(id: string, part?: { start: number; end: number }): Readable {
      return Readable.from(readPieces(new Types.ObjectId(id), part), { objectMode: false });
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

function damaged(): AppError {
  return new AppError('FILE_DAMAGED', 'The stored file is damaged; please upload it again');
}

function written(write: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => write((error) => (error ? reject(error) : resolve())));
}
