import { Schema, type Types } from 'mongoose';

const SUPPRESSION_REASONS = ['hard-bounce', 'manual', 'reminders-off'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** An address that gets only what somebody asks for, or no reminders. */
export interface SuppressionDocument {
  _id: Types.ObjectId;
  /** Of the user who has the address. */
  organisationId: Types.ObjectId;
  userId: Types.ObjectId;
  address: string;
  /**
   * `hard-bounce`: a relay has said that there is no such mailbox. `manual`: an administrator has learnt that mails do not
   * arrive. `reminders-off`: whoever reads it wants none.
   */
  reason: SuppressionReason;
  at: Date;
}

export const suppressionSchema = new Schema<SuppressionDocument>(
  {
    organisationId: { type: Schema.Types.ObjectId, required: true },
    userId: { type: Schema.Types.ObjectId, required: true },
    address: { type: String, required: true },
    reason: { type: String, enum: SUPPRESSION_REASONS, required: true },
    at: { type: Date, required: true },
  },
  { collection: 'suppressions' },
);
// Asked before every mail of a session or an import, and one of a kind for an address.
suppressionSchema.index({ address: 1, reason: 1 }, { unique: true });
suppressionSchema.index({ organisationId: 1, _id: -1 });
