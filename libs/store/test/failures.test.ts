import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import mongoose from 'mongoose';
import t from 'tap';
import { isOwnFault, isUnavailable, newId, type Store } from '../src/index.ts';
import { openAgain, openStore } from './open-store.ts';

async function errorOf(failing: Promise<unknown>): Promise<unknown> {
  return failing.then(
    () => t.fail('it went well'),
    (error: unknown) => error,
  );
}

t.test('a server that cannot be reached is away', async (t) => {
  const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const uri = `mongodb://127.0.0.1:${port}/test`;
  const options = { serverSelectionTimeoutMS: 200 };
  t.ok(isUnavailable(await errorOf(mongoose.createConnection(uri, options).asPromise())), 'it hangs up');
  listener.close();
  await once(listener, 'close');
  t.ok(isUnavailable(await errorOf(mongoose.createConnection(uri, options).asPromise())), 'nobody there');
});

t.test('a store that has been closed is away', async (t) => {
  const store = await openAgain(t, await openStore(t));
  await store.close();
  t.ok(isUnavailable(await errorOf(store.ping())));
});

t.test(
  'a member that goes down, comes up or is no longer the primary is away, to a read as well',
  async (t) => {
    // 11600: shutting down; 13436: neither primary nor secondary yet; 10107: not the primary. Reads bear no label.
    for (const code of [11_600, 13_436, 10_107]) {
      t.ok(isUnavailable(new mongoose.mongo.MongoServerError({ message: 'not now', code })), `${code}`);
    }
    t.notOk(isUnavailable(new mongoose.mongo.MongoServerError({ message: 'bad value', code: 2 })));
    const { MongoBulkWriteError, MongoNetworkError } = mongoose.mongo;
    const broken = new MongoBulkWriteError(
      new MongoNetworkError('connection 7 closed') as never,
      {} as never,
    );
    t.ok(isUnavailable(broken), 'a bulk write whose connection breaks');
  },
);

/** What a write meets that another transaction got in the way of. */
function conflictIn(store: Store): Promise<unknown> {
  const notes = store.connection.collection<{ _id: string; n?: number }>('notes');
  return store.transaction(async (transaction) => {
    await notes.updateOne({ _id: 'one' }, { $inc: { n: 1 } }, { session: transaction });
    const other = store.connection.getClient().startSession();
    try {
      other.startTransaction();
      return await errorOf(notes.updateOne({ _id: 'one' }, { $inc: { n: 1 } }, { session: other }));
    } finally {
      await other.endSession();
    }
  });
}

t.test('a write conflict passes; a refused document, a broken query or a bug of ours do not', async (t) => {
  const store = await openStore(t);
  const notes = store.connection.collection<{ _id: string; n?: number }>('notes');
  await notes.insertOne({ _id: 'one' });
  t.ok(isUnavailable(await conflictIn(store)));
  t.notOk(isUnavailable(await errorOf(notes.insertOne({ _id: 'one' }))));
  t.notOk(isUnavailable(await errorOf(store.connection.db!.command({ find: 'notes', filter: { $no: 1 } }))));
  t.notOk(isUnavailable(await errorOf(store.imports.findImport('not an id'))));
  t.notOk(isUnavailable(new TypeError(`undefined is not ${newId()}`)));
  t.notOk(isUnavailable('MongoNetworkError'));
});

t.test('only what would fail again is the fault of what was to be written', async (t) => {
  const store = await openStore(t);
  const notes = store.connection.collection<{ _id: string; text?: string }>('notes');
  await notes.insertOne({ _id: 'one' });
  t.ok(isOwnFault(await errorOf(notes.insertOne({ _id: 'one' }))), 'a value that is taken');
  const text = 'x'.repeat(16 * 1024 * 1024);
  t.ok(isOwnFault(await errorOf(notes.insertOne({ _id: 'two', text }))), 'a document that is too large');
  t.ok(isOwnFault(await errorOf(notes.insertMany([{ _id: 'two', text }]))), 'the same among many');
  t.ok(isOwnFault(await errorOf(notes.insertOne({ _id: 'two', text: text + text }))), 'one far too large');
  t.ok(isOwnFault(new TypeError('undefined is not a function')), 'a bug');
  t.notOk(isOwnFault(await conflictIn(store)), 'another writer');
  const away = mongoose.createConnection('mongodb://127.0.0.1:1/x', { serverSelectionTimeoutMS: 100 });
  t.notOk(isOwnFault(await errorOf(away.asPromise())), 'a server that is away');
  t.notOk(isOwnFault(Object.assign(new Error('write EPIPE'), { syscall: 'write' })), 'a broken pipe');
  const closed = await openAgain(t, store);
  await closed.close();
  t.notOk(isOwnFault(await errorOf(closed.ping())), 'a store that was closed');
});
