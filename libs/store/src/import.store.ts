import type { Header } from '@mentorline/csv';
import { DEFAULT_SETTINGS, type ImportStatus, UNFINISHED_IMPORT_STATUSES } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { Cause } from './cause.ts';
import type { ImportDocument, ImportKind, RowCounts } from './import.model.ts';
import { type ImportEvent, type ImportEvents, pushEvent } from './import-event.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

/** An import as stored, ids as text. */
export interface Import
  extends Omit<
    ImportDocument,
    | '_id'
    | 'organisationId'
    | 'uploadedBy'
    | 'fileId'
    | 'undoes'
    | 'report'
    | 'mailId'
    | 'notify'
    | 'cause'
    | 'mails'
    | 'lease'
    | 'transactionIds'
    | keyof ImportEvents
    | 'retriedAs'
    | 'dismissedAt'
  > {
  id: string;
  organisationId: string;
  uploadedBy: { userId: string; name: string; email: string };
  fileId: string | null;
  undoes: string | null;
  report: { fileId: string; sizeBytes: number } | null;
  mailId: string | null;
  notify: boolean;
  cause: Cause | null;
  /** `null` while it runs; see `countMails`. */
  mails: number | null;
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
> &
  Partial<Pick<Import, 'notify' | 'cause'>>;

const SAME_FILE_MS = 24 * 60 * 60 * 1000;

export const NO_ROWS: RowCounts = {
  published: 0,
  created: 0,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  invalid: 0,
  unprocessed: 0,
};

export function fromDocument(document: ImportDocument): Import {
  const {
    _id,
    organisationId,
    uploadedBy,
    fileId,
    undoes,
    report,
    mailId,
    lease: _lease,
    transactionIds: _ids,
    events: _events,
    firstEvents: _firstEvents,
    eventCount: _eventCount,
    retriedAs: _retriedAs,
    dismissedAt: _dismissedAt,
    ...plain
  } = document;
  return {
    ...plain,
    id: _id.toHexString(),
    organisationId: organisationId.toHexString(),
    uploadedBy: { ...uploadedBy, userId: uploadedBy.userId.toHexString() },
    fileId: fileId?.toHexString() ?? null,
    undoes: undoes?.toHexString() ?? null,
    report: report && { fileId: report.fileId.toHexString(), sizeBytes: report.sizeBytes },
    mailId: mailId?.toHexString() ?? null,
    // One of an earlier version lacks those that came since.
    settings: { ...DEFAULT_SETTINGS, ...plain.settings },
    notify: plain.notify ?? false,
    cause: plain.cause ?? null,
    mails: plain.mails ?? null,
  };
}

/** An undo's rows are told by the sessions they are about. */
function withIdColumn(header: Header): Header {
  if (header.columns.some((column) => column.kind === 'field' && column.key === 'id')) return header;
  const { names, columns } = header;
  return { ...header, names: [...names, 'id'], columns: [...columns, { kind: 'field', key: 'id' }] };
}

/** Of one that was tried often they are most of it. */
const WITHOUT_EVENTS = { events: 0, firstEvents: 0 } as const;

export function importStore({ Import, ImportPartition }: Models) {
  const accept = async (
    upload: AcceptedUpload & Pick<Import, 'undoes'>,
    acceptedAt: Date,
    transaction?: Transaction,
    by: Pick<ImportEvent, 'userId' | 'importId'> = { userId: upload.uploadedBy.userId },
  ): Promise<Import> => {
    const { kind, mode, fileName, sizeBytes, sha256, encoding, bom, delimiter } = upload;
    const { header, warnings, settings, customFields, notify = true, cause = null } = upload;
    const accepted = { at: acceptedAt, what: 'accepted', status: 'queued', ...by } as const;
    const document = {
      ...{ kind, mode, notify, fileName, sizeBytes, sha256, encoding, bom, delimiter },
      ...{ header, warnings, settings, customFields, cause },
      _id: new Types.ObjectId(),
      organisationId: new Types.ObjectId(upload.organisationId),
      uploadedBy: { ...upload.uploadedBy, userId: new Types.ObjectId(upload.uploadedBy.userId) },
      fileId: upload.fileId ? new Types.ObjectId(upload.fileId) : null,
      undoes: upload.undoes ? new Types.ObjectId(upload.undoes) : null,
      status: 'queued' as const,
      acceptedAt,
      cancelRequestedAt: null,
      startedAt: null,
      finishedAt: null,
      partitions: 0,
      shards: 0,
      rowsTotal: null,
      landmarks: [],
      rows: null,
      mails: null,
      lease: null,
      transactionIds: [],
      attempts: 0,
      stalls: 0,
      failure: null,
      report: null,
      mailId: null,
      events: [accepted],
      firstEvents: [accepted],
      eventCount: 1,
    } satisfies ImportDocument;
    await Import.collection.insertOne(document, transaction ? { session: transaction } : {});
    return fromDocument(document);
  };

  return {
    /** Accepts an upload: from here on it will end, whatever is lost in between. */
    acceptImport(upload: AcceptedUpload, acceptedAt: Date, transaction?: Transaction): Promise<Import> {
      return accept({ ...upload, undoes: null }, acceptedAt, transaction);
    },

    /** Accepts the undoing of an import, as an import of its own that works through the other's results. */
    acceptUndo(
      undone: Import,
      by: Import['uploadedBy'],
      acceptedAt: Date,
      transaction?: Transaction,
      cause: Cause | null = null,
    ): Promise<Import> {
      const fileName = `Undo of ${undone.fileName}`;
      const upload = { ...undone, uploadedBy: by, cause, kind: 'undo' as const, fileName, fileId: null };
      const nothing = { sizeBytes: 0, sha256: '', warnings: [] };
      const header = withIdColumn(undone.header);
      return accept({ ...upload, ...nothing, header, undoes: undone.id }, acceptedAt, transaction);
    },

    /**
     * Accepts the file of an import that failed once more, as an import of its own under the same rules, in the
     * transaction that notes it. A failed one is retried once: what failed again has a failure of its own.
     * @returns undefined when it has not failed, or was retried already
     */
    async acceptRetry(
      transaction: Transaction,
      failed: Import,
      userId: string,
      at: Date,
    ): Promise<Import | undefined> {
      const retry = await accept(failed, at, transaction, { userId, importId: failed.id });
      const event = { at, what: 'retried', status: 'failed', userId, importId: retry.id } as const;
      const marked = await Import.collection.updateOne(
        { _id: new Types.ObjectId(failed.id), status: 'failed', retriedAs: null },
        { $set: { retriedAs: new Types.ObjectId(retry.id) }, ...pushEvent(event) },
        { session: transaction },
      );
      return marked.matchedCount === 1 ? retry : undefined;
    },

    async findImport(id: string, organisationId?: string): Promise<Import | undefined> {
      const document = await Import.findOne({
        _id: id,
        ...(organisationId ? { organisationId } : {}),
      }).lean();
      return document ? fromDocument(document) : undefined;
    },

    /** Whether any import of the organisations has still to end. */
    async isAnyUnderWay(organisationIds: readonly string[], transaction?: Transaction): Promise<boolean> {
      const underWay = {
        organisationId: { $in: organisationIds.map((id) => new Types.ObjectId(id)) },
        status: { $in: UNFINISHED_IMPORT_STATUSES },
      };
      const options = { projection: { _id: 1 }, ...(transaction ? { session: transaction } : {}) };
      return (await Import.collection.findOne(underWay, options)) !== null;
    },

    /** The first import that the same file was uploaded as in the 24 hours before `at`, failed and cancelled ones aside. */
    async findSameFile(
      upload: Pick<AcceptedUpload, 'organisationId' | 'sha256' | 'kind' | 'mode'>,
      at: Date,
    ): Promise<Import | undefined> {
      const document = await Import.findOne({
        ...upload,
        acceptedAt: { $gte: new Date(at.getTime() - SAME_FILE_MS), $lte: at },
        status: { $nin: ['failed', 'cancelled'] },
      })
        .sort({ acceptedAt: 1 })
        .lean();
      return document ? fromDocument(document) : undefined;
    },

    /** A page of an organisation's imports, newest first, and the number of all. */
    async listImports(
      organisationId: string,
      page: {
        kinds: readonly ImportKind[];
        status?: ImportStatus;
        after?: { acceptedAt: Date; id: string };
        limit: number;
      },
    ): Promise<{ items: Import[]; total: number }> {
      const matching = {
        organisationId,
        kind: { $in: page.kinds },
        ...(page.status ? { status: page.status } : {}),
      };
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
        Import.find(filter, WITHOUT_EVENTS).sort({ acceptedAt: -1, _id: -1 }).limit(page.limit).lean(),
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

    /**
     * Mails to those in its sessions that an import's rows so far cause, or would cause in a check. At most: several
     * changes of one session within a minute make one mail.
     */
    async countMails(importId: string): Promise<number> {
      const partitions = await ImportPartition.find({ importId }, { mails: 1 }).lean();
      return partitions.reduce((sum, { mails = 0 }) => sum + mails, 0);
    },
  };
}
