import { MINUTE_MS } from '@mentorline/runtime';
import { accountLinkStore } from './account-link.store.ts';
import { auditStore } from './audit.store.ts';
import { backlogStore } from './backlog.store.ts';
import { directoryStore } from './directory.store.ts';
import { dismissStore } from './dismiss.store.ts';
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
import { KEEP_MAILS_MS, mailStore } from './mail.store.ts';
import { mailAgainStore } from './mail-again.store.ts';
import { mailLookStore } from './mail-look.store.ts';
import { prepareDatabase } from './migrations/prepare-database.ts';
import { openDatabase } from './open-database.ts';
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
 * Connects to MongoDB; in a new database every collection and index is made.
 * @param options.uri with the database's name in its path; a replica set, since transactions need one
 * @param options.tellDelayMs how long after its first change people are told of a session; a minute unless said
 * @param options.keepMailsMs how long a mail that was sent or given up stays in the outbox; 180 days unless said
 * @param options.watchTransactions see `transactionMetrics`
 * @returns the store, and `warnings`: what of server and database should be seen to, in sentences
 * @throws CannotStart when no primary answers within ten seconds, or server or database cannot be worked on
 */
export async function connectStore(options: {
  uri: string;
  appName?: string;
  tellDelayMs?: number;
  keepMailsMs?: number;
  watchTransactions?: WatchTransactions;
}) {
  const { uri, appName = 'mentorline', watchTransactions } = options;
  const { connection, models, warnings } = await openDatabase({ uri, appName });
  try {
    warnings.push(...(await prepareDatabase(models)));
  } catch (error) {
    await connection.close();
    throw error;
  }
  const slots = slotStore(models);
  const searchWords = searchWordStore(models);
  const sessions = {
    ...sessionStore(models, searchWords, options.tellDelayMs ?? MINUTE_MS),
    ...sessionListStore(models, searchWords),
  };
  const optionVerbs = optionStore(models);
  const mails = mailStore(models, options.keepMailsMs ?? KEEP_MAILS_MS);
  const organisations = organisationStore(models);
  return {
    connection,
    warnings: warnings as readonly string[],
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
    letters: dismissStore(models),
    backlog: backlogStore(models),
    files: fileStore(connection),
    /** @throws when MongoDB does not answer */
    async ping(): Promise<void> {
      await connection.db!.command({ ping: 1 });
    },
    close: () => connection.close(),
  };
}

export type Store = Awaited<ReturnType<typeof connectStore>>;
