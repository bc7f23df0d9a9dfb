import {
  canMove,
  IMPORT_MOVES,
  type ImportStatus,
  TERMINAL_IMPORT_STATUSES,
  UNFINISHED_IMPORT_STATUSES,
} from '@mentorline/domain';
import type { Traceparent } from '@mentorline/runtime';
import { Types } from 'mongoose';
import type { ImportDocument } from './import.model.ts';
import { fromDocument, type Import, NO_ROWS } from './import.store.ts';
import { type ImportEvent, pushEvent, withEvent } from './import-event.ts';
import { LEASE_FREE, LEASE_LEFT_BEHIND, leaseFor, leaseReleased } from './lease.ts';
import type { Models } from './models.ts';
import { killTransactions, type Transaction, type TransactionPool } from './transaction.ts';
import { RUNNING_AT_MOST, RUNNING_OF_TURN } from './turn.store.ts';

/** What may change as an import moves on. */
export type ImportProgress = Partial<
  Pick<
    Import,
    'rowsTotal' | 'landmarks' | 'partitions' | 'shards' | 'rows' | 'mails' | 'failure' | 'report' | 'mailId'
  >
>;

/** An import that could be worked on; `running`: how many of its organisation are. */
export type WaitingImport = Pick<
  Import,
  'id' | 'organisationId' | 'attempts' | 'acceptedAt' | 'cancelRequestedAt'
> & { running: number; trace: Traceparent | null };

/** How imports get on: who may work on them, and from which status to which they move. */
export function importRunStore(models: Models) {
  const { connection, Import, ImportPartition, ImportShard } = models;
  return {
    /**
     * Imports that wait for a worker, in the order in which they may run: those to be cancelled, then the organisations
     * in turn (fewest running, longest without a turn), each with its oldest. One that has its number running has none.
     */
    async listWaitingImports(limit: number): Promise<WaitingImport[]> {
      const organisations = await Import.collection
        .aggregate<{
          running: number;
          waiting: Pick<
            ImportDocument,
            '_id' | 'organisationId' | 'attempts' | 'acceptedAt' | 'cancelRequestedAt' | 'cause'
          >[];
        }>([
          { $match: { status: { $in: UNFINISHED_IMPORT_STATUSES }, ...LEASE_FREE } },
          { $sort: { acceptedAt: 1 } },
          { $project: { organisationId: 1, attempts: 1, cancelRequestedAt: 1, acceptedAt: 1, cause: 1 } },
          {
            $group: {
              _id: { organisationId: '$organisationId', leaving: { $ne: ['$cancelRequestedAt', null] } },
              waiting: { $firstN: { input: '$$ROOT', n: 2 * RUNNING_AT_MOST } },
            },
          },
          {
            $lookup: {
              from: 'importTurns',
              localField: '_id.organisationId',
              foreignField: '_id',
              as: 'turn',
            },
          },
          { $set: { turn: { $first: '$turn' } } },
          { $set: { running: { $size: RUNNING_OF_TURN('$turn.running') } } },
          { $match: { $or: [{ '_id.leaving': true }, { running: { $lt: RUNNING_AT_MOST } }] } },
          { $sort: { '_id.leaving': -1, running: 1, 'turn.lastTurnAt': 1, 'waiting.0.acceptedAt': 1 } },
          { $limit: limit },
        ])
        .toArray();
      // The first of each organisation, then the second of each: a worker that comes too late for one finds another.
      return Array.from({ length: 2 * RUNNING_AT_MOST }, (_, round) =>
        organisations.flatMap(({ waiting, running }): WaitingImport[] => {
          const found = waiting[round];
          if (!found) return [];
          const { _id, organisationId, attempts, acceptedAt, cancelRequestedAt, cause } = found;
          const own = { id: _id.toHexString(), organisationId: organisationId.toHexString() };
          const trace = cause?.trace ?? null;
          return [{ ...own, attempts, acceptedAt, cancelRequestedAt, running, trace }];
        }),
      )
        .flat()
        .slice(0, limit);
    },

    async isCancelRequested(id: string): Promise<boolean> {
      const found = await Import.findById(id, { cancelRequestedAt: 1 }).lean();
      return found?.cancelRequestedAt != null;
    },

    /**
     * Takes an import for `leaseMs`, if it has not ended and nobody else holds it. What the worker before left open
     * is ended first: its locks would be waited for, those on the import itself too.
     * @param processId which process `owner` works in, for operators
     */
    async claimImport(
      id: string,
      owner: string,
      leaseMs: number,
      transactions: TransactionPool,
      processId = '',
    ): Promise<Import | undefined> {
      const free = {
        _id: new Types.ObjectId(id),
        status: { $in: UNFINISHED_IMPORT_STATUSES },
        ...LEASE_FREE,
      };
      const left = await Import.collection.findOne<Pick<ImportDocument, 'transactionIds'>>(free, {
        projection: { transactionIds: 1 },
      });
      if (!left) return undefined;
      await killTransactions(connection, left.transactionIds);
      const document = await Import.collection.findOneAndUpdate(
        free,
        [
          {
            $set: {
              lease: leaseFor(owner, leaseMs),
              transactionIds: transactions.ids,
              attempts: { $add: ['$attempts', 1] },
              stalls: { $cond: [LEASE_LEFT_BEHIND, { $add: ['$stalls', 1] }, 0] },
              startedAt: { $ifNull: ['$startedAt', '$$NOW'] },
              ...withEvent({
                ...{ at: '$$NOW', what: 'claimed', status: '$status', takenOver: LEASE_LEFT_BEHIND },
                ...{ attempt: { $add: ['$attempts', 1] }, processId: { $literal: processId } },
              }),
            },
          },
        ],
        { returnDocument: 'after' },
      );
      return document ? fromDocument(document as unknown as ImportDocument) : undefined;
    },

    /** @returns false when the lease was lost: somebody else may be at work already */
    async renewImportLease(id: string, owner: string, leaseMs: number): Promise<boolean> {
      const renewed = await Import.collection.updateOne(
        { _id: new Types.ObjectId(id), 'lease.owner': owner, status: { $in: UNFINISHED_IMPORT_STATUSES } },
        [{ $set: { lease: leaseFor(owner, leaseMs) } }],
      );
      return renewed.matchedCount === 1;
    },

    /**
     * Gives an unfinished import back; the dispatcher calls for it again after `waitMs`. Nothing is left open: the ids of
     * its transactions go back to the driver, and whoever ended them later would end something else.
     */
    async releaseImport(
      id: string,
      owner: string,
      waitMs: number,
      why: Pick<ImportEvent, 'what' | 'reason' | 'error'> = { what: 'put-back' },
    ): Promise<void> {
      const event = {
        ...{ at: '$$NOW', status: '$status' },
        ...Object.fromEntries(Object.entries(why).map(([name, $literal]) => [name, { $literal }])),
      };
      await Import.collection.updateOne({ _id: new Types.ObjectId(id), 'lease.owner': owner }, [
        { $set: { lease: leaseReleased(waitMs), transactionIds: [], ...withEvent(event) } },
      ]);
    },

    /**
     * Moves an import along the state table, with what belongs to the move; ended imports give up their lease.
     * @returns false when it no longer stood at `from` with `owner`'s lease: another worker has taken over
     * @throws when the table has no such edge
     */
    async moveImport(
      id: string,
      owner: string,
      move: { from: ImportStatus; to: ImportStatus },
      set: ImportProgress,
      transaction?: Transaction,
    ): Promise<boolean> {
      if (!canMove(IMPORT_MOVES, move.from, move.to))
        throw new Error(`An import never goes from ${move.from} to ${move.to}`);
      const ended = TERMINAL_IMPORT_STATUSES.includes(move.to);
      const { report, mailId, ...plain } = set;
      const stored = {
        ...plain,
        ...(report ? { report: { ...report, fileId: new Types.ObjectId(report.fileId) } } : {}),
        ...(mailId ? { mailId: new Types.ObjectId(mailId) } : {}),
        status: move.to,
        stalls: 0,
        ...(ended ? { finishedAt: new Date(), lease: null } : {}),
      };
      const event: ImportEvent = {
        ...{ at: new Date(), what: 'moved', status: move.to },
        ...(set.failure ? { reason: set.failure.code, row: set.failure.row } : {}),
      };
      const moved = await Import.collection.updateOne(
        { _id: new Types.ObjectId(id), status: move.from, 'lease.owner': owner },
        { $set: stored, ...pushEvent(event) },
        transaction ? { session: transaction } : {},
      );
      return moved.matchedCount === 1;
    },

    /**
     * Staging has passed: fixes the partitions and the shards and lets rows be applied.
     * @returns false when `owner`'s lease was lost
     */
    async beginApplying(
      transactions: TransactionPool,
      id: string,
      owner: string,
      staged: Pick<ImportDocument, 'rowsTotal' | 'landmarks' | 'partitions' | 'shards'>,
    ): Promise<boolean> {
      const importId = new Types.ObjectId(id);
      const partitions = Array.from({ length: staged.partitions }, (_, partition) => ({
        _id: new Types.ObjectId(),
        importId,
        partition,
        lastRow: 0,
        counts: NO_ROWS,
      }));
      const shards = Array.from({ length: staged.shards }, (_, shard) => ({
        _id: new Types.ObjectId(),
        importId,
        shard,
        done: false,
        doneThrough: 0,
        lease: null,
        transactionIds: [],
        attempts: 0,
        rowsAtClaim: 0,
        stalls: 0,
        trial: null,
        suspect: null,
      }));
      return transactions.run(async (transaction) => {
        const move = { from: 'staging', to: 'applying' } as const;
        const moved = await this.moveImport(id, owner, move, staged, transaction);
        if (moved) {
          await ImportPartition.collection.insertMany(partitions, { session: transaction });
          await ImportShard.collection.insertMany(shards, { session: transaction });
        }
        return moved;
      });
    },
  };
}
