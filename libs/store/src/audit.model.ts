import { Schema, type Types } from 'mongoose';
import type { RowCounts } from './import.model.ts';

/** What of a write is kept for the organisation's administrators: never what was written, only that it was. */
export interface AuditDocument {
  _id: Types.ObjectId;
  organisationId: Types.ObjectId;
  at: Date;
  /** `null`: somebody who had not signed in, such as one who resets a password. */
  userId: Types.ObjectId | null;
  email: string | null;
  /** A noun and what happened to it: `session.created`. */
  action: string;
  target: { kind: string; id: string };
  /** Names of the fields that changed, where that says more. */
  fields?: readonly string[];
  /** Of an import: rows that were applied together, from one to another, and how many came to what. */
  rows?: { from: number; to: number } & Pick<RowCounts, 'published' | 'created' | 'updated' | 'deleted'>;
  /** Where the request came from. */
  address: string;
  requestId: string;
}

export const auditSchema = new Schema<AuditDocument>(
  {
    organisationId: { type: Schema.Types.ObjectId, required: true },
    at: { type: Date, required: true },
    userId: { type: Schema.Types.ObjectId, default: null },
    email: { type: String, default: null },
    action: { type: String, required: true },
    target: { type: Schema.Types.Mixed, required: true },
    fields: { type: [String], default: undefined } as never,
    rows: { type: Schema.Types.Mixed },
    address: { type: String, required: true },
    requestId: { type: String, required: true },
  },
  { collection: 'auditLog' },
);
auditSchema.index({ organisationId: 1, at: -1, _id: -1 });
auditSchema.index({ organisationId: 1, userId: 1, at: -1, _id: -1 });
auditSchema.index({ organisationId: 1, action: 1, at: -1, _id: -1 });
auditSchema.index({ organisationId: 1, 'target.id': 1, at: -1, _id: -1 });
