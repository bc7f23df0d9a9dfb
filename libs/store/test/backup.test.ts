import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mongoose from 'mongoose';
import t from 'tap';
import { BackupError, backUpDatabase, restoreDatabase, type Store } from '../src/index.ts';
import { openStore } from './open-store.ts';

const { BSON, Double, Long } = mongoose.mongo;

/** By the driver; nothing asks by it. */
const MADE_WITH_THE_FIRST_FILE = 'filename_1_uploadDate_1';

function uriOf({ connection }: Store): string {
  const url = new URL(process.env.MENTORLINE_TEST_MONGODB_URI!);
  url.pathname = `/${connection.name}`;
  return url.href;
}

/** Every document of every collection, byte by byte, and every index. */
async function contentsOf({ connection }: Store): Promise<Record<string, unknown>> {
  const contents: Record<string, unknown> = {};
  for (const { name } of await connection.listCollections()) {
    const documents = await connection.collection(name).find({}, { raw: true }).sort({ _id: 1 }).toArray();
    contents[name] = {
      documents: documents.map((document) => Buffer.from(document as unknown as Buffer).toString('base64')),
      indexes: (await connection.collection(name).indexes())
        .map(({ name }) => name)
        .filter((name) => name !== MADE_WITH_THE_FIRST_FILE)
        .sort(),
    };
  }
  return contents;
}

async function fill(store: Store): Promise<void> {
  const organisation = await store.organisations.createOrganisation({ name: 'Example Schools' });
  await store.users.createUsers(
    Array.from({ length: 2_500 }, (_, n) => ({
      ...{ organisationId: organisation.id, email: `user${n}@example.org`, name: `User ${n}` },
      roles: ['mentor' as const],
    })),
  );
  // Several pieces, the last of them not full.
  const content = [randomBytes(3_500_001)];
  await store.files.writeFile('sessions.csv', { purpose: 'import-source' }, content);
  await store.connection.collection('options').insertOne({
    organisationId: new mongoose.Types.ObjectId(),
    ...{ field: 'medium', value: 'en', whole: new Double(1), long: Long.fromString('9007199254740993') },
    ...{ pattern: new BSON.BSONRegExp('^a', 'i'), nothing: null, list: [1, 2.5, new Date(0)] },
  });
}

t.test('a restored database is the one that was copied, byte by byte, with its indexes', async (t) => {
  const [from, to] = [await openStore(t), await openStore(t)];
  await fill(from);
  const folder = join(t.testdir(), 'backup');
  const backup = await backUpDatabase({ uri: uriOf(from), folder });
  t.equal(backup.collections.find(({ name }) => name === 'users')?.documents, 2_500);
  t.equal((await stat(folder)).mode & 0o077, 0, 'for its owner only');
  t.same(await restoreDatabase({ uri: uriOf(to), folder }), backup);
  t.same(await contentsOf(to), await contentsOf(from));
});

t.test('a copy is of one moment, whatever is written meanwhile', async (t) => {
  const [from, to] = [await openStore(t), await openStore(t)];
  const pairs = [from.connection.collection('leases'), from.connection.collection('users')];
  let isOver = false;
  const writing = (async () => {
    for (let n = 0; !isOver; n += 1) {
      await from.transaction(async (session) => {
        for (const pair of pairs) await pair.insertOne({ _id: `${n}`, email: `${n}` } as never, { session });
      });
    }
  })();
  const uri = uriOf(from);
  while ((await pairs[1]!.estimatedDocumentCount()) < 20);
  const folder = join(t.testdir(), 'backup');
  await backUpDatabase({ uri, folder }).finally(() => {
    isOver = true;
  });
  await writing;
  await restoreDatabase({ uri: uriOf(to), folder });
  const counts = await Promise.all(
    ['leases', 'users'].map((name) => to.connection.collection(name).countDocuments()),
  );
  t.ok(counts[0]! >= 20, `${counts[0]}`);
  t.equal(counts[0], counts[1]);
});

t.test('nothing is written over: a full database and a full folder are refused', async (t) => {
  const [from, to] = [await openStore(t), await openStore(t)];
  await from.organisations.createOrganisation({ name: 'Example Schools' });
  await to.organisations.createOrganisation({ name: 'Other Academy' });
  const folder = join(t.testdir(), 'backup');
  await backUpDatabase({ uri: uriOf(from), folder });
  await t.rejects(backUpDatabase({ uri: uriOf(from), folder }), { message: /is not empty/ });
  const before = await contentsOf(to);
  await t.rejects(restoreDatabase({ uri: uriOf(to), folder }), {
    message: /something in it \(organisations\)/,
  });
  t.same(await contentsOf(to), before);
});

t.test('a backup that was broken off or is damaged is refused before anything is written', async (t) => {
  const [from, to] = [await openStore(t), await openStore(t)];
  await from.organisations.createOrganisation({ name: 'Example Schools' });
  const folder = join(t.testdir({ unfinished: {} }), 'backup');
  await t.rejects(restoreDatabase({ uri: uriOf(to), folder: join(folder, '..', 'unfinished') }), {
    message: /no finished backup/,
  });
  await backUpDatabase({ uri: uriOf(from), folder });
  const before = await contentsOf(to);
  const file = join(folder, 'organisations.bson.gz');
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);
  const failure: unknown = await restoreDatabase({ uri: uriOf(to), folder }).catch((error) => error);
  t.ok(failure instanceof BackupError);
  t.match((failure as Error).message, /damaged/);
  t.same(await contentsOf(to), before);
});
