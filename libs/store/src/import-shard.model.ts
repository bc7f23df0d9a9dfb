import { type mongo, Schema, type Types } from 'mongoose';
import type { RowCounts } from './import.model.ts';
import type { Lease } from './lease.ts';

/** How far one partition of an import has come; advancing it is the fence that makes a chunk happen once. */
export interface ImportPartitionDocument {
  _id: Types.ObjectId;
  importId: Types.ObjectId;
  partition: number;
  /** The last row of this partition with a result; 0 before the first. */
  lastRow: number;
  counts: RowCounts;
  /** Mails about sessions that its rows cause at most. */
  mails?: number;
  /** When it last advanced. */
  movedAt?: Date;
}

export const importPartitionSchema = new Schema<ImportPartitionDocument>(
  {
    importId: { type: Schema.Types.ObjectId, required: true },
    partition: { type: Number, required: true },
    lastRow: { type: Number, required: true },
    counts: { type: Schema.Types.Mixed, required: true },
    mails: { type: Number, default: 0 },
    movedAt: { type: Date },
  },
  { collection: 'importPartitions' },
);
importPartitionSchema.index({ importId: 1, partition: 1 }, { unique: true });

/** Rows that a worker was applying when it was lost, and how often just these were the last thing it did. */
export interface Suspect {
  partition: number;
  fromRow: number;
  toRow: number;
  crashes: number;
}

/** A share of an import's partitions (those whose number is its own modulo the number of shards), one worker's work. */
export interface ImportShardDocument {
  _id: Types.ObjectId;
  importId: Types.ObjectId;
  shard: number;
  done: boolean;
  /** Every row of the shard up to this one has its result. */
  doneThrough: number;
  lease: Lease | null;
  transactionIds: mongo.Binary[];
  attempts: number;
  /** Rows with a result when the last worker took it, to see whether that one got anywhere. */
  rowsAtClaim: number;
  /** How often in a row a worker was lost before it got anywhere. */
  stalls: number;
  /** What a careful worker is about to try. */
  trial: Omit<Suspect, 'crashes'> | null;
  suspect: Suspect | null;
}

export const importShardSchema = new Schema<ImportShardDocument>(
  {
    importId: { type: Schema.Types.ObjectId, required: true },
    shard: { type: Number, required: true },
    done: { type: Boolean, required: true },
    doneThrough: { type: Number, required: true },
    lease: { type: Schema.Types.Mixed, default: null },
    transactionIds: { type: [Schema.Types.Mixed], default: [] } as never,
    attempts: { type: Number, required: true },
    rowsAtClaim: { type: Number, required: true },
    stalls: { type: Number, required: true },
    trial: { type: Schema.Types.Mixed, default: null },
    suspect: { type: Schema.Types.Mixed, default: null },
  },
  { collection: 'importShards' },
);
importShardSchema.index({ importId: 1, shard: 1 }, { unique: true });
// What the dispatcher looks for: shares that nobody has finished.
importShardSchema.index({ done: 1 }, { partialFilterExpression: { done: false } });
