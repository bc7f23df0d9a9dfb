import type { ClientSession, Connection, mongo } from 'mongoose';

/** An open transaction: every verb that takes one reads its snapshot and writes with it, or not at all. */
export type Transaction = ClientSession;

type Work<Result> = (transaction: Transaction) => Promise<Result>;

/** Told of each transaction that is over: how often its work ran, and how long all of it took. */
export type WatchTransactions = (over: { tries: number; seconds: number; committed: boolean }) => void;

async function run<Result>(
  session: mongo.ClientSession,
  work: Work<Result>,
  watch?: WatchTransactions,
): Promise<Result> {
  const startedAt = performance.now();
  let tries = 0;
  let committed = false;
  const oneTry = (): Promise<Result> => {
    tries += 1;
    return work(session as unknown as Transaction);
  };
  try {
    const result = await session.withTransaction(oneTry, {
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
    });
    committed = true;
    return result;
  } finally {
    watch?.({ tries, seconds: (performance.now() - startedAt) / 1000, committed });
  }
}

/**
 * Runs `work` in one transaction: snapshot reads, majority writes. On a conflict with another writer, or when the
 * primary changes, the driver rolls back and runs `work` again, so it must have no effects outside the transaction.
 * @throws what `work` throws, after rolling back
 */
export function inTransaction<Result>(
  connection: Connection,
  work: Work<Result>,
  watch?: WatchTransactions,
): Promise<Result> {
  return connection.getClient().withSession((session) => run(session, work, watch));
}

/**
 * A worker's transactions under ids that can be written down before they begin. MongoDB keeps a transaction whose
 * client has died open for a minute, and with it every lock it holds: whoever takes the work over ends it by its id.
 */
export interface TransactionPool {
  readonly ids: readonly mongo.Binary[];
  /** As `inTransaction`; waits while as many as the pool has are open. */
  run<Result>(work: Work<Result>): Promise<Result>;
  close(): Promise<void>;
}

export function openTransactionPool(
  connection: Connection,
  size: number,
  watch?: WatchTransactions,
): TransactionPool {
  const sessions = Array.from({ length: size }, () => connection.getClient().startSession());
  const free = [...sessions];
  const waiting: ((session: mongo.ClientSession) => void)[] = [];
  return {
    ids: sessions.map(({ id }) => id!.id),
    async run(work) {
      const session =
        free.pop() ?? (await new Promise<mongo.ClientSession>((resolve) => waiting.push(resolve)));
      try {
        return await run(session, work, watch);
      } finally {
        const next = waiting.shift();
        if (next) next(session);
        else free.push(session);
      }
    },
    async close() {
      await Promise.all(sessions.map((session) => session.endSession()));
    },
  };
}

/** Ends the transactions of a worker that is gone, or too late; one still alive gets to know it by an error. */
export async function killTransactions(connection: Connection, ids: readonly mongo.Binary[]): Promise<void> {
  if (ids.length > 0) await connection.db!.command({ killSessions: ids.map((id) => ({ id })) });
}
