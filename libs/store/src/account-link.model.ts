import { Schema, type Types } from 'mongoose';

const LINK_PURPOSES = ['invitation', 'password-reset'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** A mailed link with which somebody sets their password, once; kept by the hash of its token. */
export interface AccountLinkDocument {
  _id: Types.ObjectId;
  userId: Types.ObjectId;
  purpose: LinkPurpose;
  hash: string;
  expiresAt: Date;
}

export const accountLinkSchema = new Schema<AccountLinkDocument>(
  {
    userId: { type: Schema.Types.ObjectId, required: true },
    purpose: { type: String, enum: LINK_PURPOSES, required: true },
    hash: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'accountLinks' },
);
accountLinkSchema.index({ hash: 1 }, { unique: true });
accountLinkSchema.index({ userId: 1, purpose: 1 });
accountLinkSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
