import { Schema, type Types } from 'mongoose';

/** An answer as it went out the first time. */
export interface KeptResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** An `Idempotency-Key` of a user: a request that is at work under it, or what it has done. */
export interface IdempotencyKeyDocument {
  _id: Types.ObjectId;
  organisationId: Types.ObjectId;
  userId: Types.ObjectId;
  key: string;
  /** Of the request; `null` while it is not known yet, as the body is a file still streaming in. */
  bodyHash: string | null;
  state: 'claimed' | 'done';
  /** The request that works under the key, until its lease runs out: then it has died, and the next takes over. */
  owner: string;
  leaseUntil: Date;
  /** What was made; written in the transaction that made it. */
  targetId: string | null;
  /** Written after that: without it the answer is made again from the target. */
  response: KeptResponse | null;
  expiresAt: Date;
}

export const idempotencyKeySchema = new Schema<IdempotencyKeyDocument>(
  {
    organisationId: { type: Schema.Types.ObjectId, required: true },
    userId: { type: Schema.Types.ObjectId, required: true },
    key: { type: String, required: true },
    bodyHash: { type: String, default: null },
    state: { type: String, enum: ['claimed', 'done'], required: true },
    owner: { type: String, required: true },
    leaseUntil: { type: Date, required: true },
    targetId: { type: String, default: null },
    response: { type: Schema.Types.Mixed, default: null },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'idempotencyKeys' },
);
idempotencyKeySchema.index({ organisationId: 1, userId: 1, key: 1 }, { unique: true });
idempotencyKeySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
