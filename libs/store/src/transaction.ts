import type { ClientSession, Connection } from 'mongoose';

/** An open transaction: every verb that takes one reads its snapshot and writes with it, or not at all. */
export type Transaction = ClientSession;

/**
 * Runs `work` in one transaction: snapshot reads, majority writes. On a conflict with another writer, or when the
 * primary changes, the driver rolls back and runs `work` again, so it must have no effects outside the transaction.
 * @throws what `work` throws, after rolling back
 */
export function inTransaction<Result>(
  connection: Connection,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return connection.getClient().withSession((session) =>
    session.withTransaction(() => work(session as unknown as Transaction), {
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
    }),
  );
}
