import { randomBytes } from 'node:crypto';
import { connectStore, type Store } from '../src/index.ts';

/** What of a tap test is needed: tap's own types differ from file to file by plugins. */
interface TestContext {
  teardown(run: () => unknown): unknown;
}

/** A fresh database on the server that `npm test` started; it goes when the test ends. */
export async function openStore(t: TestContext): Promise<Store> {
  const { MENTORLINE_TEST_MONGODB_URI: server } = process.env;
  if (!server) throw new Error('This test needs MongoDB: run it by npm test -- <file>');
  const url = new URL(server);
  url.pathname = `/test_${randomBytes(6).toString('hex')}`;
  const store = await connectStore({ uri: url.href });
  t.teardown(async () => {
    await store.connection.dropDatabase();
    await store.close();
  });
  return store;
}
