import type { Role } from '@mentorline/domain';
import { Schema, type Types } from 'mongoose';
import type { BookedSession } from './session.store.ts';

/** What a dry run has made of a session so far; goes when its import ends. */
export interface DryRunSessionDocument {
  _id: Types.ObjectId;
  importId: Types.ObjectId;
  mentorId: Types.ObjectId;
  start: Date;
  end: Date;
  /** Of a session that would be published: the row that brings it. */
  row: number | null;
  /** Of a session that exists already: its id, and all of it as it would stand now. */
  sessionId: Types.ObjectId | null;
  session: BookedSession | null;
  cancelledAt: Date | null;
}

export const dryRunSessionSchema = new Schema<DryRunSessionDocument>(
  {
    importId: { type: Schema.Types.ObjectId, required: true },
    mentorId: { type: Schema.Types.ObjectId, required: true },
    start: { type: Date, required: true },
    end: { type: Date, required: true },
    row: { type: Number, default: null },
    sessionId: { type: Schema.Types.ObjectId, default: null },
    session: { type: Schema.Types.Mixed, default: null },
    cancelledAt: { type: Date, default: null },
  },
  { collection: 'dryRunSessions' },
);
dryRunSessionSchema.index({ importId: 1, mentorId: 1, start: 1 });
dryRunSessionSchema.index({ importId: 1, sessionId: 1 });

/** What a dry run has made of a user so far; goes when its import ends. */
export interface DryRunUserDocument {
  _id: Types.ObjectId;
  importId: Types.ObjectId;
  /** Of a user who exists already. */
  userId: Types.ObjectId | null;
  organisationId: Types.ObjectId;
  email: string;
  name: string;
  roles: readonly Role[];
  designation: string | null;
  active: boolean;
}

export const dryRunUserSchema = new Schema<DryRunUserDocument>(
  {
    importId: { type: Schema.Types.ObjectId, required: true },
    userId: { type: Schema.Types.ObjectId, default: null },
    organisationId: { type: Schema.Types.ObjectId, required: true },
    email: { type: String, required: true },
    name: { type: String, required: true },
    roles: { type: [String], required: true } as never,
    designation: { type: String, default: null },
    active: { type: Boolean, required: true },
  },
  { collection: 'dryRunUsers' },
);
dryRunUserSchema.index({ importId: 1, email: 1 });
// Who administers the organisation.
dryRunUserSchema.index({ importId: 1, roles: 1 });
