import { type CustomValue, type Meeting, SESSION_TYPES, type SessionType } from '@mentorline/domain';
import { Schema, type Types } from 'mongoose';

/** A picture of a session; its bytes are a file. */
export interface SessionImage {
  fileId: string;
  contentType: 'image/jpeg' | 'image/png' | 'image/webp';
  sizeBytes: number;
  /** Pixels. */
  width: number;
  height: number;
}

/** A session as those in it know it. */
export type KnownSession = Pick<
  SessionDocument,
  'title' | 'start' | 'end' | 'meeting' | 'mentorId' | 'mentees' | 'cancelledAt'
>;

export interface SessionDocument {
  _id: Types.ObjectId;
  organisationId: Types.ObjectId;
  title: string;
  description: string;
  type: SessionType;
  mentorId: Types.ObjectId;
  mentees: { userId: Types.ObjectId; enrolment: 'invited' | 'self' }[];
  start: Date;
  end: Date;
  /** The IANA zone the session was entered in. */
  timeZone: string;
  /** Option values. */
  recommendedFor: readonly string[];
  categories: readonly string[];
  medium: readonly string[];
  meeting: Meeting;
  custom: Readonly<Record<string, CustomValue>>;
  /** Derived from title and categories; see `sessionKeys`. */
  searchKeys: readonly string[];
  /** Absent while there is none. */
  image?: SessionImage;
  /** A cancelled session is kept, and holds its slot no longer. */
  cancelledAt: Date | null;
  version: number;
  /**
   * Absent while all know it as it is. `before`: as they know it, `null` while nobody knows of it. From `dueAt` on they
   * are told; by then further changes may have come, of which the same mails tell.
   */
  untold?: { dueAt: Date; before: KnownSession | null };
  /** When people are to be reminded next; absent where they never are any more. */
  remindAt?: Date;
  /** The earlier of `untold.dueAt` and `remindAt`: when somebody has to be told something. Absent: never. */
  tellAt?: Date;
  /** The import and its row that published the session; absent for one made singly. */
  importId?: Types.ObjectId;
  importRow?: number;
  createdBy: Types.ObjectId;
  createdAt: Date;
  updatedAt: Date;
}

/** Before all times. */
export const EVER = new Date(0);

export const sessionSchema = new Schema<SessionDocument>(
  {
    organisationId: { type: Schema.Types.ObjectId, required: true },
    title: { type: String, required: true },
    description: { type: String, required: true },
    type: { type: String, enum: SESSION_TYPES, required: true },
    mentorId: { type: Schema.Types.ObjectId, required: true },
    mentees: {
      type: [{ _id: false, userId: Schema.Types.ObjectId, enrolment: String }],
      required: true,
    } as never,
    start: { type: Date, required: true },
    end: { type: Date, required: true },
    timeZone: { type: String, required: true },
    recommendedFor: { type: [String], required: true } as never,
    categories: { type: [String], required: true } as never,
    medium: { type: [String], required: true } as never,
    meeting: { type: Schema.Types.Mixed, required: true },
    custom: { type: Schema.Types.Mixed, required: true },
    searchKeys: { type: [String], required: true } as never,
    image: { type: Schema.Types.Mixed },
    cancelledAt: { type: Date, default: null },
    version: { type: Number, required: true },
    untold: { type: Schema.Types.Mixed },
    remindAt: { type: Date },
    tellAt: { type: Date },
    importId: { type: Schema.Types.ObjectId },
    importRow: { type: Number },
    createdBy: { type: Schema.Types.ObjectId, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { collection: 'sessions', minimize: false },
);
// A mentor's calendar: every slot decision and the mentor's own list read it. With the last three the list is counted
// without looking at the sessions themselves.
sessionSchema.index({ mentorId: 1, start: 1, _id: 1, end: 1, cancelledAt: 1, organisationId: 1 });
// An organisation's list. Sessions of an undone import are not in the way; with the type a list of one type reads no
// other; with the last two what is live is found, and all are counted, without looking at the sessions themselves.
sessionSchema.index(
  { organisationId: 1, type: 1, start: 1, _id: 1, end: 1, cancelledAt: 1 },
  { partialFilterExpression: { cancelledAt: null } },
);
sessionSchema.index(
  { organisationId: 1, start: 1, _id: 1, type: 1, cancelledAt: 1 },
  { partialFilterExpression: { cancelledAt: { $gt: EVER } } },
);
// Searches, and lists of a category. All sessions have keys: the condition keeps lists that ask for none from reading the
// whole of an organisation here, which the planner takes for as good where it finds nothing at first.
sessionSchema.index(
  { organisationId: 1, searchKeys: 1, start: 1, _id: 1 },
  { partialFilterExpression: { searchKeys: { $exists: true } } },
);
sessionSchema.index({ 'mentees.userId': 1, start: 1, _id: 1 });
// What the notifier looks for: sessions of which somebody has to be told, those due first.
sessionSchema.index({ tellAt: 1 }, { partialFilterExpression: { tellAt: { $exists: true } } });
// A row publishes at most one session, whatever is retried.
sessionSchema.index(
  { importId: 1, importRow: 1 },
  { unique: true, partialFilterExpression: { importId: { $exists: true } } },
);

/** One document a mentor. Whoever changes the mentor's slots increments it in the same transaction. */
export interface MentorLockDocument {
  _id: Types.ObjectId;
  sequence: number;
}

export const mentorLockSchema = new Schema<MentorLockDocument>(
  { _id: { type: Schema.Types.ObjectId, required: true }, sequence: { type: Number, required: true } },
  { collection: 'mentorLocks' },
);
