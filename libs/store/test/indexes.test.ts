import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { openAgain, openStore } from './open-store.ts';

/** Beside the source of this test, not beside the built one. `UPDATE_SNAPSHOT=1` renews it. */
const SNAPSHOT = fileURLToPath(new URL('../../test/indexes.snapshot.json', import.meta.url));

t.test('the indexes in the database are those that were agreed on', async (t) => {
  const store = await openStore(t);
  const found: Record<string, string[]> = {};
  for (const { name } of await store.connection.listCollections()) {
    const indexes = await store.connection.collection(name).indexes();
    found[name] = indexes
      .map(({ key, unique, sparse, partialFilterExpression: partial }) => {
        const kinds = [unique ? 'unique' : '', sparse ? 'sparse' : ''];
        const where = partial ? `where ${JSON.stringify(partial)}` : '';
        return [JSON.stringify(key), ...kinds, where].filter(Boolean).join(' ');
      })
      .sort();
  }
  const sorted = Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (process.env.UPDATE_SNAPSHOT) await writeFile(SNAPSHOT, `${JSON.stringify(sorted, null, 2)}\n`);
  t.strictSame(sorted, JSON.parse(await readFile(SNAPSHOT, 'utf8')));

  for (const model of Object.values(store.connection.models)) {
    const declared = model.schema.indexes().map(([key]) => JSON.stringify(key));
    for (const key of declared) {
      const there = sorted[model.collection.name]?.some((index) => index.startsWith(key));
      t.ok(there, `${model.modelName} ${key}`);
    }
  }
});

t.test('many processes may start on an empty database at the same time', async (t) => {
  const store = await openStore(t);
  await store.connection.dropDatabase();
  await Promise.all(Array.from({ length: 5 }, () => openAgain(t, store)));
  t.equal((await store.connection.collection('sessions').indexes()).length, 8);
});
