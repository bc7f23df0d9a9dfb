import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import mongoose, { type mongo } from 'mongoose';
import { type Backup, BackupError, fileOf, makeFolder, writeManifest } from './backup-folder.ts';

const SNAPSHOT_TOO_OLD = 239;
const SNAPSHOT_UNAVAILABLE = 246;

/**
 * Writes the whole database, as it stood at one moment, into a folder, while it is in use. Nothing is locked: MongoDB
 * keeps what it was at that moment for as long as `minSnapshotHistoryWindowInSeconds` says (5 minutes if nothing
 * else was set), and within that time the copy must be finished.
 * @throws BackupError when the folder is not empty, the copy took too long or the database has nothing in it
 */
export async function backUpDatabase(options: { uri: string; folder: string }): Promise<Backup> {
  const { folder } = options;
  await makeFolder(folder);
  const client = await mongoose.mongo.MongoClient.connect(options.uri, {
    appName: 'mentorline-backup',
    serverSelectionTimeoutMS: 10_000,
  });
  const session = client.startSession({ snapshot: true });
  try {
    const database = client.db();
    const names = (await database.listCollections({ type: 'collection' }, { nameOnly: true }).toArray())
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('system.'))
      .sort();
    if (names.length === 0) throw new BackupError(`The database ${database.databaseName} is empty.`);
    const { localTime } = await client.db('admin').command({ hello: 1 });
    const backup: Backup = {
      format: 1,
      database: database.databaseName,
      takenAt: (localTime as Date).toISOString(),
      collections: [],
    };
    for (const name of names) {
      backup.collections.push(await writeCollection(database.collection(name), session, folder));
    }
    await writeManifest(folder, backup);
    return backup;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== SNAPSHOT_TOO_OLD && code !== SNAPSHOT_UNAVAILABLE) throw error;
    throw new BackupError(
      'MongoDB no longer knew what the database was when the copy began. Raise minSnapshotHistoryWindowInSeconds ' +
        'above what a copy takes (docs/operations.md says how), or take one while no service is being started.',
    );
  } finally {
    await session.endSession();
    await client.close();
  }
}

async function writeCollection(
  collection: mongo.Collection,
  session: mongo.ClientSession,
  folder: string,
): Promise<Backup['collections'][number]> {
  const hash = createHash('sha256');
  let documents = 0;
  await pipeline(
    async function* () {
      // Buffers: what is not decoded cannot be changed on the way.
      for await (const document of collection.find({}, { session, raw: true })) {
        documents += 1;
        yield document as unknown as Buffer;
      }
    },
    createGzip(),
    async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        hash.update(piece);
        yield piece;
      }
    },
    createWriteStream(fileOf(folder, collection.collectionName), { flags: 'wx', mode: 0o600 }),
  );
  return { name: collection.collectionName, documents, sha256: hash.digest('hex') };
}
