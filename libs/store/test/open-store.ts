import { randomBytes } from 'node:crypto';
import { connectStore, type Store } from '../src/index.ts';

/** What of a tap test is needed: tap's own types differ from file to file by plugins. */
export interface TestContext {
  teardown(run: () => unknown): unknown;
}

function connect(database: string): Promise<Store> {
  const { MENTORLINE_TEST_MONGODB_URI: server } = process.env;
  if (!server) throw new Error('This test needs MongoDB: run it by npm test -- <file>');
  const url = new URL(server);
  url.pathname = `/${database}`;
  return connectStore({ uri: url.href });
}

/** The database of another store, as a process of its own would open it. */
export async function openAgain(t: TestContext, store: Store): Promise<Store> {
  const again = await connect(store.connection.name);
  t.teardown(() => again.close());
  return again;
}

/** A fresh database on the server that `npm test` started; it goes when the test ends. */
export async function openStore(t: TestContext): Promise<Store> {
  const store = await connect(`test_${randomBytes(6).toString('hex')}`);
  t.teardown(async () => {
    await store.connection.dropDatabase();
    await store.close();
  });
  return store;
}
