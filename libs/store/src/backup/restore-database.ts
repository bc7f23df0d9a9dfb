import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import mongoose, { type Connection, type mongo } from 'mongoose';
import { migrateDatabase } from '../migrations/migrate-database.ts';
import { prepareDatabase } from '../migrations/prepare-database.ts';
import { openDatabase } from '../open-database.ts';
import { type Backup, BackupError, fileOf, readBackup } from './backup-folder.ts';

const BATCH_DOCUMENTS = 1_000;
const BATCH_BYTES = 8 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
const LENGTH_BYTES = 4;

// Numbers stay of the kind they are: a whole double would come back as an integer otherwise.
const AS_STORED = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true };

/**
 * Fills an empty database from a backup, and migrates it to this version. The services must not run meanwhile; imports and mails that were under way go on when they do again.
 * @throws BackupError when the backup is damaged or the database has something in it; nothing has been written then
 */
export async function restoreDatabase(options: { uri: string; folder: string }): Promise<Backup> {
  const backup = await readBackup(options.folder);
  await refuseFull(options.uri);
  const { connection, models } = await openDatabase({ uri: options.uri, appName: 'mentorline-restore' });
  try {
    await prepareDatabase(models);
    // Which migrations it has had is for the backup to say.
    await models.Migration.collection.deleteMany({});
    for (const { name, documents } of backup.collections) {
      const restored = await fillCollection(connection, name, fileOf(options.folder, name));
      if (restored !== documents) {
        throw new Error(`${name}: ${restored} of ${documents} documents were restored; drop the database`);
      }
    }
  } finally {
    await connection.close();
  }
  await migrateDatabase({ uri: options.uri, say: () => {} });
  return backup;
}

async function refuseFull(uri: string): Promise<void> {
  const client = await mongoose.mongo.MongoClient.connect(uri, { serverSelectionTimeoutMS: 10_000 });
  try {
    const database = client.db();
    for (const { name } of await database
      .listCollections({ type: 'collection' }, { nameOnly: true })
      .toArray()) {
      // What a service that was started on it has noted there is in nobody's way.
      if (name.startsWith('system.') || name === 'migrations') continue;
      if (!(await database.collection(name).findOne())) continue;
      throw new BackupError(
        `The database ${database.databaseName} has something in it (${name}). Restore into an empty one, with no service running on it.`,
      );
    }
  } finally {
    await client.close();
  }
}

async function fillCollection(connection: Connection, name: string, file: string): Promise<number> {
  const collection = connection.db!.collection(name);
  let count = 0;
  let batch: mongo.Document[] = [];
  let bytes = 0;
  const insert = async (): Promise<void> => {
    if (batch.length > 0) await collection.insertMany(batch, { ordered: false });
    count += batch.length;
    batch = [];
    bytes = 0;
  };
  for await (const document of documentsIn(unpack(file))) {
    batch.push(mongoose.mongo.BSON.deserialize(document, AS_STORED));
    bytes += document.length;
    if (batch.length >= BATCH_DOCUMENTS || bytes >= BATCH_BYTES) await insert();
  }
  await insert();
  return count;
}

function unpack(file: string): AsyncIterable<Buffer> {
  const unpacked = createGunzip({ chunkSize: PIECE_BYTES });
  // A failure is told where the pieces are read.
  pipeline(createReadStream(file), unpacked, () => {});
  return unpacked;
}

/** Each document begins with its own length. */
async function* documentsIn(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = Buffer.concat([rest, piece]);
    let at = 0;
    while (rest.length - at >= LENGTH_BYTES) {
      const length = rest.readInt32LE(at);
      if (rest.length - at < length) break;
      yield rest.subarray(at, at + length);
      at += length;
    }
    rest = rest.subarray(at);
  }
}
