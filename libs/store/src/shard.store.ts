import { Types } from 'mongoose';
import type { RowCounts } from './import.model.ts';
import type { ImportShardDocument, Suspect } from './import-shard.model.ts';
import { LEASE_FREE, LEASE_LEFT_BEHIND, leaseFor, leaseReleased } from './lease.ts';
import type { Models } from './models.ts';
import { killTransactions, type Transaction, type TransactionPool } from './transaction.ts';

/** A shard as a worker takes it up. */
export type Shard = Pick<
  ImportShardDocument,
  'shard' | 'doneThrough' | 'attempts' | 'stalls' | 'trial' | 'suspect'
> & { importId: string };

/** The shards of imports, the checkpoints of their partitions, and what is known of rows that end processes. */
export function shardStore({ connection, ImportPartition, ImportShard }: Models) {
  const shards = ImportShard.collection;
  const held = (importId: string, shard: number, owner: string) => ({
    importId: new Types.ObjectId(importId),
    shard,
    'lease.owner': owner,
  });
  const rowsDone = async (importId: Types.ObjectId, shard: number, of: number): Promise<number> => {
    let rows = 0;
    const partitions = await ImportPartition.find({ importId }, { partition: 1, counts: 1 }).lean();
    for (const { partition, counts } of partitions) {
      if (partition % of === shard) rows += Object.values(counts).reduce((sum, count) => sum + count, 0);
    }
    return rows;
  };

  return {
    /**
     * Takes a shard that is not done and that nobody holds. What the worker before left open is ended first.
     * `stalls` counts the workers lost in a row before they had `littleRows` done; a `trial` that was under way then is the
     * new `suspect`.
     */
    async claimShard(
      input: { id: string; shards: number },
      owner: string,
      leaseMs: number,
      transactions: TransactionPool,
      { littleRows }: { littleRows: number },
    ): Promise<Shard | undefined> {
      const importId = new Types.ObjectId(input.id);
      const left = await shards.findOne<Pick<ImportShardDocument, '_id' | 'shard' | 'transactionIds'>>(
        { importId, done: false, ...LEASE_FREE },
        { projection: { shard: 1, transactionIds: 1 }, sort: { shard: 1 } },
      );
      if (!left) return undefined;
      await killTransactions(connection, left.transactionIds);
      const rows = await rowsDone(importId, left.shard, input.shards);
      const stalled = {
        $and: [LEASE_LEFT_BEHIND, { $lt: [{ $subtract: [rows, '$rowsAtClaim'] }, littleRows] }],
      };
      const sameAgain = {
        $and: ['partition', 'fromRow', 'toRow'].map((key) => ({ $eq: [`$trial.${key}`, `$suspect.${key}`] })),
      };
      const crashes = { $add: [{ $cond: [sameAgain, { $ifNull: ['$suspect.crashes', 0] }, 0] }, 1] };
      const claimed = await shards.findOneAndUpdate(
        { _id: left._id, done: false, ...LEASE_FREE },
        [
          {
            $set: {
              attempts: { $add: ['$attempts', 1] },
              stalls: { $cond: [stalled, { $add: ['$stalls', 1] }, 0] },
              suspect: {
                $cond: [
                  { $and: [LEASE_LEFT_BEHIND, { $ne: [{ $ifNull: ['$trial', null] }, null] }] },
                  { $mergeObjects: ['$trial', { crashes }] },
                  '$suspect',
                ],
              },
            },
          },
          {
            $set: {
              lease: leaseFor(owner, leaseMs),
              transactionIds: transactions.ids,
              rowsAtClaim: rows,
              trial: null,
            },
          },
        ],
        { returnDocument: 'after' },
      );
      // Another was quicker, with this shard: there may be others.
      if (!claimed) return this.claimShard(input, owner, leaseMs, transactions, { littleRows });
      const { shard, doneThrough, attempts, stalls, trial, suspect } = claimed as ImportShardDocument;
      return { importId: input.id, shard, doneThrough, attempts, stalls, trial, suspect };
    },

    /** @returns false when the lease was lost: somebody else may be at work already */
    async renewShard(
      { importId, shard }: Pick<Shard, 'importId' | 'shard'>,
      owner: string,
      leaseMs: number,
      doneThrough: number,
    ): Promise<boolean> {
      const renewed = await shards.updateOne(held(importId, shard, owner), [
        { $set: { lease: leaseFor(owner, leaseMs), doneThrough: { $max: ['$doneThrough', doneThrough] } } },
      ]);
      return renewed.matchedCount === 1;
    },

    /** Gives an unfinished shard back. */
    async releaseShard(
      { importId, shard }: Pick<Shard, 'importId' | 'shard'>,
      owner: string,
      doneThrough: number,
    ): Promise<void> {
      await shards.updateOne(held(importId, shard, owner), [
        {
          $set: {
            lease: leaseReleased(0),
            transactionIds: [],
            doneThrough: { $max: ['$doneThrough', doneThrough] },
            trial: null,
          },
        },
      ]);
    },

    /** @returns false when the lease was lost */
    async finishShard(
      { importId, shard }: Pick<Shard, 'importId' | 'shard'>,
      owner: string,
    ): Promise<boolean> {
      const finished = await shards.updateOne(held(importId, shard, owner), {
        $set: { done: true, lease: null, trial: null },
      });
      return finished.matchedCount === 1;
    },

    /** Lets nobody apply any more of an import's rows, not even who is at it. */
    async closeShards(transaction: Transaction, importId: string): Promise<void> {
      const ofImport = { importId: new Types.ObjectId(importId) };
      const closed = { $set: { lastRow: Number.MAX_SAFE_INTEGER } };
      await ImportPartition.collection.updateMany(ofImport, closed, { session: transaction });
      await shards.updateMany(ofImport, { $set: { done: true, lease: null } }, { session: transaction });
    },

    /** Notes what a careful worker is about to try: should it be the last thing it does, it is known. */
    async noteTrial(
      { importId, shard }: Pick<Shard, 'importId' | 'shard'>,
      owner: string,
      trial: Omit<Suspect, 'crashes'> | null,
    ): Promise<boolean> {
      const noted = await shards.updateOne(held(importId, shard, owner), { $set: { trial } });
      return noted.matchedCount === 1;
    },

    async countUnfinished(importId: string): Promise<number> {
      return ImportShard.countDocuments({ importId, done: false });
    },

    /** Shards that could be worked on beside the worker that has the import itself. */
    async listWaitingShards(limit: number): Promise<{ importId: string; shard: number; attempts: number }[]> {
      const waiting = await shards
        .aggregate<Pick<ImportShardDocument, 'importId' | 'shard' | 'attempts'>>([
          { $match: { done: false, ...LEASE_FREE } },
          { $lookup: { from: 'imports', localField: 'importId', foreignField: '_id', as: 'import' } },
          { $match: { 'import.0.status': 'applying', 'import.0.shards': { $gt: 1 } } },
          { $limit: limit },
          { $project: { importId: 1, shard: 1, attempts: 1 } },
        ])
        .toArray();
      return waiting.map(({ importId, shard, attempts }) => ({
        importId: importId.toHexString(),
        shard,
        attempts,
      }));
    },

    /** Partition → its last row with a result. */
    async readCheckpoints(importId: string): Promise<number[]> {
      const partitions = await ImportPartition.find({ importId }, { lastRow: 1 })
        .sort({ partition: 1 })
        .lean();
      return partitions.map(({ lastRow }) => lastRow);
    },

    /**
     * Moves a partition's checkpoint over one chunk, with the chunk's counts.
     * @returns false when it no longer stands at `from`: the chunk has been applied already, the caller must not go on
     */
    async advanceCheckpoint(
      transaction: Transaction,
      chunk: {
        importId: string;
        partition: number;
        from: number;
        to: number;
        counts: RowCounts;
        mails?: number;
      },
    ): Promise<boolean> {
      const advanced = await ImportPartition.collection.updateOne(
        { importId: new Types.ObjectId(chunk.importId), partition: chunk.partition, lastRow: chunk.from },
        {
          $set: { lastRow: chunk.to, movedAt: new Date() },
          $inc: {
            ...Object.fromEntries(Object.entries(chunk.counts).map(([name, n]) => [`counts.${name}`, n])),
            mails: chunk.mails ?? 0,
          },
        },
        { session: transaction },
      );
      return advanced.matchedCount === 1;
    },
  };
}
