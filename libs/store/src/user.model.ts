import { ROLES, type Role } from '@mentorline/domain';
import { Schema, type Types } from 'mongoose';

export interface UserDocument {
  _id: Types.ObjectId;
  organisationId: Types.ObjectId;
  /** Lower-case; unique in the deployment. */
  email: string;
  name: string;
  designation: string | null;
  roles: Role[];
  /** Absent while the user signs in elsewhere or has not been given a password. */
  passwordHash: string | null;
  /** Access tokens carry it: a new password makes those from before it worthless. Absent: 0. */
  credentialsVersion?: number;
  lastSignInAt?: Date | null;
  active: boolean;
  /** A session names the user, or is about to, and it is deleted no more; see `keepPeople`. Absent: false. */
  kept?: boolean;
  /** Derived from the others, see `userKeys`; by whoever writes these. */
  nameKey: string;
  searchKeys: readonly string[];
  createdAt: Date;
  updatedAt: Date;
}

export const userSchema = new Schema<UserDocument>(
  {
    organisationId: { type: Schema.Types.ObjectId, required: true },
    email: { type: String, required: true },
    name: { type: String, required: true },
    designation: { type: String, default: null },
    roles: { type: [{ type: String, enum: ROLES }], required: true },
    passwordHash: { type: String, default: null },
    credentialsVersion: { type: Number, default: 0 },
    lastSignInAt: { type: Date, default: null },
    active: { type: Boolean, required: true, default: true },
    kept: { type: Boolean },
    nameKey: { type: String, required: true },
    searchKeys: { type: [String], required: true } as never,
  },
  { collection: 'users', timestamps: true },
);
userSchema.index({ email: 1 }, { unique: true });
// Every list of people, however narrowed down, in order of name.
userSchema.index({ organisationId: 1, searchKeys: 1, nameKey: 1, _id: 1 });
userSchema.index({ organisationId: 1, nameKey: 1, _id: 1 });
