import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import t from 'tap';
import { newId, type Store } from '../src/index.ts';
import { openStore } from './open-store.ts';

const MIB = 1024 * 1024;
const CONTENT = randomBytes(2 * MIB + MIB / 2);

async function* pieces(content: Buffer, size = 100_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function* breakingOff(content: Buffer): AsyncGenerator<Buffer> {
  yield* pieces(content);
  throw new Error('the client went away');
}

async function left(store: Store): Promise<{ files: number; chunks: number }> {
  return {
    files: await store.connection.collection('files.files').countDocuments(),
    chunks: await store.connection.collection('files.chunks').countDocuments(),
  };
}

t.test('a file comes back as it was written, whatever the pieces', async (t) => {
  const { files } = await openStore(t);
  for (const content of [CONTENT, CONTENT.subarray(0, MIB), CONTENT.subarray(0, 1), Buffer.alloc(0)]) {
    for (const size of [65_536, 3 * MIB]) {
      const { id, sizeBytes } = await files.writeFile('sessions.csv', {}, pieces(content, size));
      t.equal(sizeBytes, content.length);
      t.ok(
        (await buffer(files.readFile(id))).equals(content),
        `${content.length} bytes in pieces of ${size}`,
      );
    }
  }
});

t.test('an upload that breaks off leaves nothing behind', async (t) => {
  const store = await openStore(t);
  for (const size of [0, 10, MIB, CONTENT.length]) {
    const write = store.files.writeFile('sessions.csv', {}, breakingOff(CONTENT.subarray(0, size)));
    await t.rejects(write, { message: 'the client went away' });
    t.same(await left(store), { files: 0, chunks: 0 }, `after ${size} bytes`);
  }
});

t.test('any part of a file can be read', async (t) => {
  const { files } = await openStore(t);
  const { id } = await files.writeFile('sessions.csv', {}, pieces(CONTENT));
  const edges = [0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, CONTENT.length - 1, CONTENT.length];
  const place = fc.oneof(fc.constantFrom(...edges), fc.nat(CONTENT.length));
  await fc.assert(
    fc.asyncProperty(place, place, async (a, b) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      // A missing end and an end of 0 are the same to the driver.
      fc.pre(end > 0);
      const part = await buffer(files.readFile(id, { start, end }));
      t.ok(part.equals(CONTENT.subarray(start, end)), `${start} to ${end}`);
    }),
    {
      numRuns: 40,
      examples: [
        [CONTENT.length, CONTENT.length],
        [MIB, MIB],
        [0, CONTENT.length],
        [MIB + 5, MIB + 5],
      ],
    },
  );
});

t.test('a file that does not exist fails the stream', async (t) => {
  const { files } = await openStore(t);
  await t.rejects(buffer(files.readFile(newId())), { code: 'FILE_DAMAGED' });
});

t.test('of the files of one purpose for an import all but one can be removed', async (t) => {
  const store = await openStore(t);
  const importId = newId();
  const report = { importId, purpose: 'import-report' };
  const first = await store.files.writeFile('report.csv', report, pieces(CONTENT));
  const kept = await store.files.writeFile('report.csv', report, pieces(CONTENT));
  const other = await store.files.writeFile('x.csv', { ...report, purpose: 'other' }, [Buffer.from('x')]);
  const foreign = await store.files.writeFile('y.csv', { ...report, importId: newId() }, [Buffer.from('y')]);
  await store.files.deleteOtherFiles(importId, 'import-report', kept.id);
  await t.rejects(buffer(store.files.readFile(first.id)), { code: 'FILE_DAMAGED' });
  for (const { id } of [kept, other, foreign]) t.ok((await buffer(store.files.readFile(id))).length > 0);
});

t.test('a deleted file is gone, and others stay', async (t) => {
  const store = await openStore(t);
  const one = await store.files.writeFile('one.csv', {}, pieces(CONTENT));
  const two = await store.files.writeFile('two.csv', {}, [Buffer.from('two')]);
  await store.files.deleteFile(one.id);
  await t.rejects(buffer(store.files.readFile(one.id)), { code: 'FILE_DAMAGED' });
  t.equal((await buffer(store.files.readFile(two.id))).toString(), 'two');
  t.same(await left(store), { files: 1, chunks: 1 });
});
