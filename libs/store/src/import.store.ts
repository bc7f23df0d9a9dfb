import {
  canMove,
  IMPORT_MOVES,
  IMPORT_STATUSES,
  type ImportStatus,
  TERMINAL_IMPORT_STATUSES,
} from '@mentorline/domain';
import { Types } from 'mongoose';
import type { ImportDocument, RowCounts } from './import.model.ts';
import { LEASE_FREE, leaseFor } from './lease.ts';
import type { Models } from './models.ts';
import { inTransaction, killTransactions, type Transaction, type TransactionPool } from './transaction.ts';

/** What may change as an import moves on. */
export type ImportProgress = Partial<
  Pick<Import, 'rowsTotal' | 'landmarks' | 'partitions' | 'rows' | 'failure' | 'report' | 'mailId'>
>;

/** An import as stored, ids as text. */
export interface Import
  extends Omit<
    ImportDocument,
    '_id' | 'organisationId' | 'uploadedBy' | 'fileId' | 'report' | 'mailId' | 'lease' | 'transactionIds'
  > {
  id: string;
  organisationId: string;
  uploadedBy: { userId: string; name: string; email: string };
  fileId: string;
  report: { fileId: string; sizeBytes: number } | null;
  mailId: string | null;
}

/** What the gateway knows of an import when it accepts one. */
export type AcceptedUpload = Pick<
  Import,
  | 'organisationId'
  | 'uploadedBy'
  | 'kind'
  | 'mode'
  | 'fileName'
  | 'fileId'
  | 'sizeBytes'
  | 'sha256'
  | 'encoding'
  | 'bom'
  | 'delimiter'
  | 'header'
  | 'warnings'
  | 'settings'
  | 'customFields'
>;

export const NO_ROWS: RowCounts = {
  published: 0,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  invalid: 0,
  unprocessed: 0,
};

const RUNNING: ImportStatus[] = IMPORT_STATUSES.filter(
  (status) => !TERMINAL_IMPORT_STATUSES.includes(status),
);

function fromDocument(document: ImportDocument): Import {
  const {
    _id,
    organisationId,
    uploadedBy,
    fileId,
    report,
    mailId,
    lease: _lease,
    transactionIds: _ids,
    ...plain
  } = document;
  return {
    ...plain,
    id: _id.toHexString(),
    organisationId: organisationId.toHexString(),
    uploadedBy: { ...uploadedBy, userId: uploadedBy.userId.toHexString() },
    fileId: fileId.toHexString(),
    report: report && { fileId: report.fileId.toHexString(), sizeBytes: report.sizeBytes },
    mailId: mailId?.toHexString() ?? null,
  };
}

export function importStore(models: Models) {
  const { connection, Import, ImportPartition } = models;
  return {
    /** Accepts an upload: from here on it will end, whatever is lost in between. */
    async acceptImport(upload: AcceptedUpload, acceptedAt: Date): Promise<Import> {
      const _id = new Types.ObjectId();
      const document = {
        ...upload,
        _id,
        organisationId: new Types.ObjectId(upload.organisationId),
        uploadedBy: { ...upload.uploadedBy, userId: new Types.ObjectId(upload.uploadedBy.userId) },
        fileId: new Types.ObjectId(upload.fileId),
        status: 'queued' as const,
        acceptedAt,
        startedAt: null,
        finishedAt: null,
        partitions: 0,
        rowsTotal: null,
        landmarks: [],
        rows: null,
        lease: null,
        transactionIds: [],
        attempts: 0,
        failure: null,
        report: null,
        mailId: null,
      } satisfies ImportDocument;
      await Import.collection.insertOne(document);
      return fromDocument(document);
    },

    async findImport(id: string, organisationId?: string): Promise<Import | undefined> {
      const document = await Import.findOne({
        _id: id,
        ...(organisationId ? { organisationId } : {}),
      }).lean();
      return document ? fromDocument(document) : undefined;
    },

    /** A page of an organisation's imports, newest first, and the number of all. */
    async listImports(
      organisationId: string,
      page: { status?: ImportStatus; after?: { acceptedAt: Date; id: string }; limit: number },
    ): Promise<{ items: Import[]; total: number }> {
      const matching = { organisationId, ...(page.status ? { status: page.status } : {}) };
      const filter = page.after
        ? {
            ...matching,
            $or: [
              { acceptedAt: { $lt: page.after.acceptedAt } },
              { acceptedAt: page.after.acceptedAt, _id: { $lt: page.after.id } },
            ],
          }
        : matching;
      const [documents, total] = await Promise.all([
        Import.find(filter).sort({ acceptedAt: -1, _id: -1 }).limit(page.limit).lean(),
        Import.countDocuments(matching),
      ]);
      return { items: documents.map(fromDocument), total };
    },

    /** Rows with a result so far, by outcome; sums the partitions, whatever the number of rows. */
    async countRows(importId: string): Promise<RowCounts> {
      const counts = { ...NO_ROWS };
      for (const partition of await ImportPartition.find({ importId }, { counts: 1 }).lean()) {
        for (const name of Object.keys(counts) as (keyof RowCounts)[]) counts[name] += partition.counts[name];
      }
      return counts;
    },

    /** Imports that wait for a worker: not ended and nobody's lease on them, oldest first. */
    async listWaitingImports(limit: number): Promise<{ id: string; attempts: number }[]> {
      const documents = await Import.find({ status: { $in: RUNNING }, ...LEASE_FREE }, { attempts: 1 })
        .sort({ acceptedAt: 1 })
        .limit(limit)
        .lean();
      return documents.map(({ _id, attempts }) => ({ id: _id.toHexString(), attempts }));
    },

    /**
     * Takes an import for `leaseMs`, if it has not ended and nobody else holds it. What the worker before left open
     * is ended first: its locks would be waited for, those on the import itself too.
     */
    async claimImport(
      id: string,
      owner: string,
      leaseMs: number,
      transactions: TransactionPool,
    ): Promise<Import | undefined> {
      const free = { _id: new Types.ObjectId(id), status: { $in: RUNNING }, ...LEASE_FREE };
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
              startedAt: { $ifNull: ['$startedAt', '$$NOW'] },
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
        { _id: new Types.ObjectId(id), 'lease.owner': owner, status: { $in: RUNNING } },
        [{ $set: { lease: leaseFor(owner, leaseMs) } }],
      );
      return renewed.matchedCount === 1;
    },

    /** Gives an unfinished import back; the dispatcher calls for it again after `waitMs`. */
    async releaseImport(id: string, owner: string, waitMs: number): Promise<void> {
      await Import.collection.updateOne({ _id: new Types.ObjectId(id), 'lease.owner': owner }, [
        { $set: { lease: leaseFor('nobody', waitMs) } },
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
        ...(ended ? { finishedAt: new Date(), lease: null } : {}),
      };
      const moved = await Import.collection.updateOne(
        { _id: new Types.ObjectId(id), status: move.from, 'lease.owner': owner },
        { $set: stored },
        transaction ? { session: transaction } : {},
      );
      return moved.matchedCount === 1;
    },

    /**
     * Staging has passed: fixes the partitions and lets rows be applied.
     * @returns false when `owner`'s lease was lost
     */
    async beginApplying(
      id: string,
      owner: string,
      staged: Pick<ImportDocument, 'rowsTotal' | 'landmarks' | 'partitions'>,
    ): Promise<boolean> {
      const importId = new Types.ObjectId(id);
      const partitions = Array.from({ length: staged.partitions }, (_, partition) => ({
        _id: new Types.ObjectId(),
        importId,
        partition,
        lastRow: 0,
        counts: NO_ROWS,
      }));
      return inTransaction(connection, async (transaction) => {
        const moved = await this.moveImport(
          id,
          owner,
          { from: 'staging', to: 'applying' },
          staged,
          transaction,
        );
        if (moved) await ImportPartition.collection.insertMany(partitions, { session: transaction });
        return moved;
      });
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
      chunk: { importId: string; partition: number; from: number; to: number; counts: RowCounts },
    ): Promise<boolean> {
      const advanced = await ImportPartition.collection.updateOne(
        { importId: new Types.ObjectId(chunk.importId), partition: chunk.partition, lastRow: chunk.from },
        {
          $set: { lastRow: chunk.to },
          $inc: Object.fromEntries(Object.entries(chunk.counts).map(([name, n]) => [`counts.${name}`, n])),
        },
        { session: transaction },
      );
      return advanced.matchedCount === 1;
    },
  };
}
