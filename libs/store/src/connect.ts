import { MINUTE_MS } from '@mentorline/runtime';
import mongoose from 'mongoose';
import { accountLinkStore } from './account-link.store.ts';
import { auditStore } from './audit.store.ts';
import { backlogStore } from './backlog.store.ts';
import { directoryStore } from './directory.store.ts';
import { forgetDryRun } from './dry-run.store.ts';
import { fileStore } from './files.ts';
import { heartbeatStore } from './heartbeat.store.ts';
import { idempotencyStore } from './idempotency.store.ts';
import type { ImportMode } from './import.model.ts';
import { importStore } from './import.store.ts';
import { importCancelStore } from './import-cancel.store.ts';
import { importLookStore } from './import-look.store.ts';
import { importReleaseStore } from './import-release.store.ts';
import { importRunStore } from './import-run.store.ts';
import { leaseStore } from './lease.store.ts';
import { lookAtMongodb, type MongodbState } from './look-at-mongodb.ts';
import { mailStore } from './mail.store.ts';
import { mailAgainStore } from './mail-again.store.ts';
import { mailLookStore } from './mail-look.store.ts';
import { buildModels } from './models.ts';
import { optionStore } from './option.store.ts';
import { organisationStore } from './organisation.store.ts';
import { refreshTokenStore } from './refresh-token.store.ts';
import { resultStore } from './result.store.ts';
import { searchWordStore } from './search-word.store.ts';
import { sessionStore } from './session.store.ts';
import { type BookSource, dryRunSessionBook, type SessionBook, sessionBook } from './session-book.ts';
import { sessionImageStore } from './session-image.store.ts';
import { sessionListStore } from './session-list.store.ts';
import { sessionNewsStore } from './session-news.store.ts';
import { shardStore } from './shard.store.ts';
import { slotStore } from './slot.store.ts';
import { suppressionStore } from './suppression.store.ts';
import {
  inTransaction,
  openTransactionPool,
  type Transaction,
  type WatchTransactions,
} from './transaction.ts';
import { turnStore } from './turn.store.ts';
import { userStore } from './user.store.ts';
import { dryRunUserBook, type UserBook, userBook } from './user-book.ts';

/**
 * Connects to MongoDB and makes every collection and index exist (harmless when they do).
 * @param options.uri with the database's name in its path; a replica set, since transactions need one
 * @param options.tellDelayMs how long after its first change people are told of a session; a minute unless said
 * @param options.watchTransactions see `transactionMetrics`
 * @throws when no primary answers within ten seconds
 */
export async function connectStore(options: {
  uri: string;
  appName?: string;
  tellDelayMs?: number;
  watchTransactions?: WatchTransactions;
}) {
  const { watchTransactions } = options;
  const connection = await mongoose
    .createConnection(options.uri, {
      appName: options.appName ?? 'mentorline',
      autoIndex: false,
      autoCreate: false,
      serverSelectionTimeoutMS: 10_000,
      // One that takes connections and answers nothing is found out within eight seconds; calls that wait for it fail then.
      heartbeatFrequencyMS: 3_000,
      connectTimeoutMS: 5_000,
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
  for (const [collection, name] of INDEXES_OF_BEFORE) {
    // Asked first: to drop what is not there waits all the same for every open transaction, and makes everybody wait for it.
    const exists = await connection.collection(collection).indexExists(name);
    if (exists) await connection.collection(collection).dropIndex(name).catch(ignoreMissingIndex);
  }
  // What `deleteOtherFiles` looks for.
  await connection
    .collection('files.files')
    .createIndex(
      { 'metadata.importId': 1 },
      { partialFilterExpression: { 'metadata.importId': { $exists: true } } },
    );
  // What pieces of a file are read by. The driver makes it with the first file of all only: not after a restore.
  await connection.collection('files.chunks').createIndex({ files_id: 1, n: 1 }, { unique: true });
  const slots = slotStore(models);
  const searchWords = searchWordStore(models);
  const sessions = {
    ...sessionStore(models, searchWords, options.tellDelayMs ?? MINUTE_MS),
    ...sessionListStore(models, searchWords),
  };
  const optionVerbs = optionStore(models);
  const mails = mailStore(models);
  const organisations = organisationStore(models);
  return {
    connection,
    transaction: <Result>(work: (transaction: Transaction) => Promise<Result>) =>
      inTransaction(connection, work, watchTransactions),
    openTransactionPool: (size: number) => openTransactionPool(connection, size, watchTransactions),
    organisations,
    users: { ...userStore(models, organisations), ...directoryStore(models) },
    options: optionVerbs,
    slots,
    sessions: { ...sessions, ...sessionImageStore(models), ...sessionNewsStore(models) },
    imports: {
      ...importStore(models),
      ...importRunStore(models),
      ...importCancelStore(models),
      ...importReleaseStore(models),
    },
    /** What operators see: of all organisations, but nothing of what their things hold. */
    looks: {
      ...importLookStore(models),
      ...mailLookStore(models),
      lookAtMongodb: (): Promise<MongodbState> => lookAtMongodb(connection),
    },
    turns: turnStore(models),
    shards: shardStore(models),
    results: resultStore(models),
    mails: { ...mails, ...mailAgainStore(models) },
    suppressions: suppressionStore(models),
    audit: auditStore(models),
    refreshTokens: refreshTokenStore(models),
    accountLinks: accountLinkStore(models),
    idempotency: idempotencyStore(models),
    /** Where the rows of an import find and leave sessions: the sessions themselves, or a dry run's. */
    sessionBook: (mode: ImportMode, source: BookSource): SessionBook =>
      mode === 'check'
        ? dryRunSessionBook(models, { sessions }, source)
        : sessionBook({ slots, sessions, options: optionVerbs }, source),
    userBook: (mode: ImportMode, importId: string): UserBook =>
      mode === 'check' ? dryRunUserBook(models, importId) : userBook(models),
    forgetDryRun: (importId: string) => forgetDryRun(models, importId),
    leases: leaseStore(models),
    heartbeats: heartbeatStore(models),
    backlog: backlogStore(models),
    files: fileStore(connection),
    /** @throws when MongoDB does not answer */
    async ping(): Promise<void> {
      await connection.db!.command({ ping: 1 });
    },
    close: () => connection.close(),
  };
}

/** Of earlier versions. */
const INDEXES_OF_BEFORE = [
  // When mails all were about imports: it would let one mail of another kind in.
  ['mails', 'importId_1_kind_1'],
  ['mails', 'status_1_nextAttemptAt_1'],
  // The beginning of another one, that every write would pay for.
  ['sessions', 'organisationId_1_type_1_start_1__id_1'],
] as const;

const INDEX_NOT_FOUND = 27;

function ignoreMissingIndex(error: unknown): void {
  if ((error as { code?: unknown }).code !== INDEX_NOT_FOUND) throw error;
}

export type Store = Awaited<ReturnType<typeof connectStore>>;
