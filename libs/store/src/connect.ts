import mongoose from 'mongoose';
import { fileStore } from './files.ts';
import { importStore } from './import.store.ts';
import { leaseStore } from './lease.store.ts';
import { mailStore } from './mail.store.ts';
import { buildModels } from './models.ts';
import { optionStore } from './option.store.ts';
import { organisationStore } from './organisation.store.ts';
import { resultStore } from './result.store.ts';
import { sessionStore } from './session.store.ts';
import { slotStore } from './slot.store.ts';
import { inTransaction, openTransactionPool, type Transaction } from './transaction.ts';
import { userStore } from './user.store.ts';

/**
 * Connects to MongoDB and makes every collection and index exist (harmless when they do).
 * @param options.uri with the database's name in its path; a replica set, since transactions need one
 * @throws when no primary answers within ten seconds
 */
export async function connectStore(options: { uri: string; appName?: string }) {
  const connection = await mongoose
    .createConnection(options.uri, {
      appName: options.appName ?? 'mentorline',
      autoIndex: false,
      autoCreate: false,
      serverSelectionTimeoutMS: 10_000,
      writeConcern: { w: 'majority' },
      maxPoolSize: 50,
      // A call that cannot be made fails, instead of waiting for a connection to come back.
      bufferCommands: false,
    })
    .asPromise();
  const models = buildModels(connection);
  for (const model of Object.values(connection.models)) {
    await model.createCollection();
    await model.createIndexes();
  }
  // What `deleteOtherFiles` looks for.
  await connection
    .collection('files.files')
    .createIndex(
      { 'metadata.importId': 1 },
      { partialFilterExpression: { 'metadata.importId': { $exists: true } } },
    );
  return {
    connection,
    transaction: <Result>(work: (transaction: Transaction) => Promise<Result>) =>
      inTransaction(connection, work),
    openTransactionPool: (size: number) => openTransactionPool(connection, size),
    organisations: organisationStore(models),
    users: userStore(models),
    options: optionStore(models),
    slots: slotStore(models),
    sessions: sessionStore(models),
    imports: importStore(models),
    results: resultStore(models),
    mails: mailStore(models),
    leases: leaseStore(models),
    files: fileStore(connection),
    /** @throws when MongoDB does not answer */
    async ping(): Promise<void> {
      await connection.db!.command({ ping: 1 });
    },
    close: () => connection.close(),
  };
}

export type Store = Awaited<ReturnType<typeof connectStore>>;
