import type { CsvFormat, Header } from '@mentorline/csv';
import {
  type CustomField,
  IMPORT_STATUSES,
  type ImportStatus,
  type OrganisationSettings,
} from '@mentorline/domain';
import { type mongo, Schema, type Types } from 'mongoose';
import type { Lease } from './lease.ts';

/** Rows by outcome. */
export interface RowCounts {
  published: number;
  updated: number;
  deleted: number;
  unchanged: number;
  invalid: number;
  unprocessed: number;
}

export interface ImportDocument {
  _id: Types.ObjectId;
  organisationId: Types.ObjectId;
  uploadedBy: { userId: Types.ObjectId; name: string; email: string };
  kind: 'sessions';
  mode: 'apply';
  fileName: string;
  fileId: Types.ObjectId;
  sizeBytes: number;
  /** Hex; what staging compares the stored file with. */
  sha256: string;
  encoding: CsvFormat['encoding'];
  bom: boolean;
  delimiter: CsvFormat['delimiter'];
  header: Header;
  warnings: string[];
  status: ImportStatus;
  /** The import's `now`: rules about the past use it, so that a retry decides the same. */
  acceptedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** The organisation's rules as they stood at acceptance; a change meanwhile must not split a file. */
  settings: OrganisationSettings;
  customFields: CustomField[];
  /** Fixed when staging has passed: a row's partition must not depend on who resumes the import. 0 before. */
  partitions: number;
  rowsTotal: number | null;
  /** Where some rows start in the stored file (bytes), so that a resume need not read from its beginning. */
  landmarks: { row: number; offset: number }[];
  /** Set when the import ends; while it runs the partitions hold the counts. */
  rows: RowCounts | null;
  lease: Lease | null;
  /** Of the worker that holds the lease, or held it last: what its successor must end (see `TransactionPool`). */
  transactionIds: mongo.Binary[];
  /** How often a worker has taken the import up. */
  attempts: number;
  failure: { code: string; message: string; row: number | null } | null;
  report: { fileId: Types.ObjectId; sizeBytes: number } | null;
  mailId: Types.ObjectId | null;
}

export const importSchema = new Schema<ImportDocument>(
  {
    organisationId: { type: Schema.Types.ObjectId, required: true },
    uploadedBy: { type: Schema.Types.Mixed, required: true },
    kind: { type: String, enum: ['sessions'], required: true },
    mode: { type: String, enum: ['apply'], required: true },
    fileName: { type: String, required: true },
    fileId: { type: Schema.Types.ObjectId, required: true },
    sizeBytes: { type: Number, required: true },
    sha256: { type: String, required: true },
    encoding: { type: String, required: true } as never,
    bom: { type: Boolean, required: true },
    delimiter: { type: String, required: true } as never,
    header: { type: Schema.Types.Mixed, required: true } as never,
    warnings: { type: [String], required: true },
    status: { type: String, enum: IMPORT_STATUSES, required: true },
    acceptedAt: { type: Date, required: true },
    startedAt: { type: Date, default: null },
    finishedAt: { type: Date, default: null },
    settings: { type: Schema.Types.Mixed, required: true },
    customFields: { type: [Schema.Types.Mixed], required: true } as never,
    partitions: { type: Number, required: true },
    rowsTotal: { type: Number, default: null },
    landmarks: { type: [{ _id: false, row: Number, offset: Number }], default: [] } as never,
    rows: { type: Schema.Types.Mixed, default: null },
    lease: { type: Schema.Types.Mixed, default: null },
    transactionIds: { type: [Schema.Types.Mixed], default: [] } as never,
    attempts: { type: Number, required: true, default: 0 },
    failure: { type: Schema.Types.Mixed, default: null },
    report: { type: Schema.Types.Mixed, default: null },
    mailId: { type: Schema.Types.ObjectId, default: null },
  },
  { collection: 'imports', minimize: false },
);
importSchema.index({ organisationId: 1, acceptedAt: -1, _id: -1 });
// What the dispatcher looks for: imports not finished, oldest first.
importSchema.index(
  { status: 1, acceptedAt: 1 },
  { partialFilterExpression: { status: { $in: ['queued', 'staging', 'applying', 'reporting'] } } },
);

/** How far one partition of an import has come; advancing it is the fence that makes a chunk happen once. */
export interface ImportPartitionDocument {
  _id: Types.ObjectId;
  importId: Types.ObjectId;
  partition: number;
  /** The last row of this partition with a result; 0 before the first. */
  lastRow: number;
  counts: RowCounts;
}

export const importPartitionSchema = new Schema<ImportPartitionDocument>(
  {
    importId: { type: Schema.Types.ObjectId, required: true },
    partition: { type: Number, required: true },
    lastRow: { type: Number, required: true },
    counts: { type: Schema.Types.Mixed, required: true },
  },
  { collection: 'importPartitions' },
);
importPartitionSchema.index({ importId: 1, partition: 1 }, { unique: true });
