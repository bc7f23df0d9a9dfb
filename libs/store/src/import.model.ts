import type { CsvFormat, Header } from '@mentorline/csv';
import {
  type CustomField,
  IMPORT_STATUSES,
  type ImportStatus,
  type OrganisationSettings,
} from '@mentorline/domain';
import { type mongo, Schema, type Types } from 'mongoose';
import type { Cause } from './cause.ts';
import type { ImportEvent } from './import-event.ts';
import type { Lease } from './lease.ts';

/** Rows by outcome. */
export interface RowCounts {
  published: number;
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
  invalid: number;
  unprocessed: number;
}

export const IMPORT_KINDS = ['sessions', 'users', 'undo'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export const IMPORT_MODES = ['apply', 'check'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export interface ImportDocument {
  _id: Types.ObjectId;
  organisationId: Types.ObjectId;
  uploadedBy: { userId: Types.ObjectId; name: string; email: string };
  kind: ImportKind;
  /** `check`: every rule is applied, and nothing is stored but the results. */
  mode: ImportMode;
  /** Whether those in the sessions are told of what it does; absent in one of an earlier version, which told nobody. */
  notify?: boolean;
  /** The request that it came with; absent in one of an earlier version. */
  cause?: Cause | null;
  fileName: string;
  /** None for an undo, which works through the results of the import it undoes. */
  fileId: Types.ObjectId | null;
  undoes: Types.ObjectId | null;
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
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** The organisation's rules as they stood at acceptance; a change meanwhile must not split a file. */
  settings: OrganisationSettings;
  customFields: CustomField[];
  /** Fixed when staging has passed: a row's partition must not depend on who resumes the import. 0 before. */
  partitions: number;
  /** Shares of the partitions that workers take on their own. 0 before staging has passed. */
  shards: number;
  rowsTotal: number | null;
  /** Where some rows start in the stored file (bytes), so that a resume need not read from its beginning. */
  landmarks: { row: number; offset: number }[];
  /** Set when the import ends; while it runs the partitions hold the counts. */
  rows: RowCounts | null;
  /** As `rows`: the mails about sessions that it causes at most. */
  mails?: number | null;
  lease: Lease | null;
  /** Of the worker that holds the lease, or held it last: what its successor must end (see `TransactionPool`). */
  transactionIds: mongo.Binary[];
  /** How often a worker has taken the import up. */
  attempts: number;
  /** How often in a row a worker was lost with it, in one status. */
  stalls: number;
  failure: { code: string; message: string; row: number | null } | null;
  report: { fileId: Types.ObjectId; sizeBytes: number } | null;
  mailId: Types.ObjectId | null;
  /** What became of it, oldest first, for operators; absent in one of an earlier version. */
  events?: ImportEvent[];
  /** Of one that failed: the import that tries its file again. */
  retriedAs?: Types.ObjectId | null;
  /** Of one that failed: when an operator put it aside. */
  dismissedAt?: Date | null;
}

export const importSchema = new Schema<ImportDocument>(
  {
    organisationId: { type: Schema.Types.ObjectId, required: true },
    uploadedBy: { type: Schema.Types.Mixed, required: true },
    kind: { type: String, enum: IMPORT_KINDS, required: true },
    mode: { type: String, enum: IMPORT_MODES, required: true },
    notify: { type: Boolean },
    cause: { type: Schema.Types.Mixed, default: null },
    fileName: { type: String, required: true },
    fileId: { type: Schema.Types.ObjectId, default: null },
    undoes: { type: Schema.Types.ObjectId, default: null },
    sizeBytes: { type: Number, required: true },
    sha256: { type: String, required: true },
    encoding: { type: String, required: true } as never,
    bom: { type: Boolean, required: true },
    delimiter: { type: String, required: true } as never,
    header: { type: Schema.Types.Mixed, required: true } as never,
    warnings: { type: [String], required: true },
    status: { type: String, enum: IMPORT_STATUSES, required: true },
    acceptedAt: { type: Date, required: true },
    cancelRequestedAt: { type: Date, default: null },
    startedAt: { type: Date, default: null },
    finishedAt: { type: Date, default: null },
    settings: { type: Schema.Types.Mixed, required: true },
    customFields: { type: [Schema.Types.Mixed], required: true } as never,
    partitions: { type: Number, required: true },
    shards: { type: Number, required: true, default: 0 },
    rowsTotal: { type: Number, default: null },
    landmarks: { type: [{ _id: false, row: Number, offset: Number }], default: [] } as never,
    rows: { type: Schema.Types.Mixed, default: null },
    mails: { type: Number, default: null },
    lease: { type: Schema.Types.Mixed, default: null },
    transactionIds: { type: [Schema.Types.Mixed], default: [] } as never,
    attempts: { type: Number, required: true, default: 0 },
    stalls: { type: Number, required: true, default: 0 },
    failure: { type: Schema.Types.Mixed, default: null },
    report: { type: Schema.Types.Mixed, default: null },
    mailId: { type: Schema.Types.ObjectId, default: null },
    events: { type: [Schema.Types.Mixed], default: undefined } as never,
    retriedAs: { type: Schema.Types.ObjectId, default: null },
    dismissedAt: { type: Date },
  },
  { collection: 'imports', minimize: false },
);
importSchema.index({ organisationId: 1, acceptedAt: -1, _id: -1 });
// What the dispatcher looks for: imports not finished, oldest first.
importSchema.index(
  { status: 1, acceptedAt: 1 },
  { partialFilterExpression: { status: { $in: ['queued', 'staging', 'applying', 'reporting'] } } },
);
// The same of those in somebody's hands: few, however many wait.
importSchema.index(
  { 'lease.until': 1 },
  { partialFilterExpression: { status: { $in: ['queued', 'staging', 'applying', 'reporting'] } } },
);
// What operators look for: imports that have ended, by how, the last first.
importSchema.index(
  { status: 1, finishedAt: -1, _id: -1 },
  { partialFilterExpression: { status: { $in: ['completed', 'failed', 'cancelled'] } } },
);
// The same by what made them fail, for those that are ours to mend.
importSchema.index(
  { 'failure.code': 1, dismissedAt: 1, finishedAt: -1, _id: -1 },
  { partialFilterExpression: { status: 'failed' } },
);
// Those that were put aside.
importSchema.index(
  { dismissedAt: 1, _id: -1 },
  { partialFilterExpression: { dismissedAt: { $exists: true } } },
);
// Whether the same file came before.
importSchema.index({ organisationId: 1, sha256: 1, acceptedAt: -1 });
