import { Schema, type Types } from 'mongoose';

/** A refresh token as it is kept: by its hash. Those that came from one sign-in, each from the one before, are a family. */
export interface RefreshTokenDocument {
  _id: Types.ObjectId;
  familyId: Types.ObjectId;
  userId: Types.ObjectId;
  hash: string;
  /** Tells one client from another, without saying which it is. */
  client: string;
  /** When it was first exchanged; `null` for the one that is good now. It stays until it runs out, to know a reuse. */
  rotatedAt: Date | null;
  uses: number;
  expiresAt: Date;
}

export const refreshTokenSchema = new Schema<RefreshTokenDocument>(
  {
    familyId: { type: Schema.Types.ObjectId, required: true },
    userId: { type: Schema.Types.ObjectId, required: true },
    hash: { type: String, required: true },
    client: { type: String, required: true },
    rotatedAt: { type: Date, default: null },
    uses: { type: Number, required: true, default: 0 },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'refreshTokens' },
);
refreshTokenSchema.index({ hash: 1 }, { unique: true });
refreshTokenSchema.index({ familyId: 1 });
refreshTokenSchema.index({ userId: 1 });
refreshTokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
