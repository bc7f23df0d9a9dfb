import { randomBytes } from 'node:crypto';
import { createDemoAccounts, DEMO_PASSWORD } from '@mentorline/devstack';
import { connectStore, type Organisation, type Store, type User } from '@mentorline/store';

/** What of a tap test `setup` needs: tap's own types differ from file to file by plugins. */
export interface TestContext {
  teardown(run: () => unknown): unknown;
}

export interface Fixtures {
  store: Store;
  mongodbUri: string;
  redisUrl: string;
  /** Keeps the queues of one test apart from all others. */
  queuePrefix: string;
  /** Every demo account, by e-mail address; all have {@link DEMO_PASSWORD}. */
  users: ReadonlyMap<string, User>;
  /** Of `manager@example.org`, and of `manager@other.example.net`. */
  organisation: Organisation;
  otherOrganisation: Organisation;
  password: string;
}

/**
 * A fresh database with the demo accounts, and a fresh queue prefix, on the servers that `npm test` started, or on
 * the test's own. All of it goes when the test ends.
 */
export async function setup(
  t: TestContext,
  own: { mongodbUrl?: string; redisUrl?: string } = {},
): Promise<Fixtures> {
  const { MENTORLINE_TEST_MONGODB_URI, MENTORLINE_TEST_REDIS_URL } = process.env;
  const server = own.mongodbUrl ?? MENTORLINE_TEST_MONGODB_URI;
  const redisUrl = own.redisUrl ?? MENTORLINE_TEST_REDIS_URL;
  if (!server || !redisUrl)
    throw new Error('This test needs MongoDB and Redis: run it by npm test -- <file>');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const mongodbUri = url.href;
  const store = await connectStore({ uri: mongodbUri });
  t.teardown(async () => {
    await store.connection.dropDatabase();
    await store.close();
  });
  await createDemoAccounts(mongodbUri);
  const manager = await store.users.findUserByEmail('manager@example.org');
  const stranger = await store.users.findUserByEmail('manager@other.example.net');
  const organisation = await store.organisations.findOrganisation(manager!.organisationId);
  const otherOrganisation = await store.organisations.findOrganisation(stranger!.organisationId);
  const users = await store.users.listUsers();
  return {
    store,
    mongodbUri,
    redisUrl,
    queuePrefix: name,
    users: new Map(users.map((user) => [user.email, user])),
    organisation: organisation!,
    otherOrganisation: otherOrganisation!,
    password: DEMO_PASSWORD,
  };
}
