import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import t from 'tap';
import { findMongod } from '../src/binaries.ts';
import { startMongod } from '../src/mongod.ts';
import { freePort } from '../src/ports.ts';

async function withClient<Result>(
  url: string,
  work: (client: MongoClient) => Promise<Result>,
): Promise<Result> {
  const client = new MongoClient(url);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

t.test('a start on another port finds the data of the first and takes transactions', async (t) => {
  const folder = t.testdir();
  const binary = await findMongod(process.env, () => {});
  const options = { binary, dataDir: join(folder, 'data'), logFile: join(folder, 'mongod.log') };

  const first = await startMongod(options);
  t.teardown(first.stop);
  await withClient(first.url, (client) => client.db('kept').collection('notes').insertOne({ text: 'first' }));

  await t.rejects(startMongod(options), { message: /is in use by another mongod/ });
  await first.stop();

  const port = await freePort();
  const parameters = { enableTestCommands: '1' };
  const second = await startMongod({ ...options, port, disposable: true, parameters });
  t.teardown(second.stop);
  t.match(second.url, `mongodb://127.0.0.1:${port}/?replicaSet=rs0`);
  await withClient(second.url, async (client) => {
    const notes = client.db('kept').collection('notes');
    await client.withSession((session) =>
      session.withTransaction(() => notes.insertOne({ text: 'second' }, { session })),
    );
    const texts = (await notes.find().toArray()).map((note) => note.text);
    t.same(texts, ['first', 'second']);
    const asked = { getParameter: 1, enableTestCommands: 1 };
    t.match(await client.db('admin').command(asked), { enableTestCommands: true });
  });
});

t.test('a mongod that does not start shows its last words', async (t) => {
  const folder = t.testdir({ data: 'a file, not a folder' });
  const binary = process.execPath;
  const options = { binary, dataDir: join(folder, 'other'), logFile: join(folder, 'mongod.log') };
  await t.rejects(startMongod(options), {
    message: /mongod did not start \(exit code 9\).*bad option.*mongod\.log/s,
  });
});
