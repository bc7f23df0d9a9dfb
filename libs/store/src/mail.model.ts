import { MAIL_STATES, type MailState, type Meeting, SESSION_NEWS } from '@mentorline/domain';
import { Schema, type Types } from 'mongoose';
import type { Cause } from './cause.ts';
import type { Lease } from './lease.ts';

export const SESSION_MAIL_KINDS = [
  ...SESSION_NEWS.map((news): `session-${typeof news}` => `session-${news}`),
  'session-reminder',
] as const;
export const MAIL_KINDS = ['import-report', 'invitation', 'password-reset', ...SESSION_MAIL_KINDS] as const;
type MailKind = (typeof MAIL_KINDS)[number];
/** What goes first when many mails wait: what somebody waits for, then what is bound to a moment, then all else. */
export const MAIL_PRIORITIES = [0, 1, 2] as const;

export function priorityOf(kind: MailKind): (typeof MAIL_PRIORITIES)[number] {
  if (kind === 'import-report' || kind === 'password-reset') return 0;
  // A file of users invites as many as one of sessions.
  return kind === 'session-reminder' ? 1 : 2;
}

/** Filter: mails of a priority. Those of an earlier version have none, and go first. */
export function ofPriority(priority: (typeof MAIL_PRIORITIES)[number]) {
  return { priority: priority === 0 ? { $in: [0, null as never] } : priority };
}

/** Of a mail about a session. */
export type SessionMailKind = (typeof SESSION_MAIL_KINDS)[number];

/** What a mail about an account tells, as it was when it was put in the outbox. */
export interface AccountLetter {
  /** Of its link; gone as soon as the mail is sent or given up, so that no such mail is sent again. */
  token?: string;
  expiresAt: Date;
  timeZone: string;
  /** Of an invitation. */
  invitedBy: string | null;
}

/** Whose mail it is, as it stood when it was put in the outbox. */
export interface Letterhead {
  organisationName: string;
  /** `#rrggbb` */
  brandColor: string;
}

/** What of a session a mail tells, as it was when it was put in the outbox. */
export interface SessionLetter {
  sessionId: string;
  /** Of the session. */
  version: number;
  userId: string;
  role: 'mentor' | 'mentee';
  /** Of the organisation, in which the times are shown. */
  timeZone: string;
  mentor: { name: string; address: string };
  title: string;
  start: Date;
  end: Date;
  /** What only those in the session may read; gone as soon as the mail is sent. */
  inside?: {
    description: string;
    meeting: Meeting;
    /** Of a change: what the recipient knew until then. */
    before: { title: string; start: Date; end: Date; meeting: Meeting } | null;
  };
  /** Of a reminder: how long before the start it was due. */
  reminderMinutes: number | null;
  /** Of a reminder: with the mail's id, what its link to end reminders is good by. */
  unsubscribeSecret?: string;
}

export interface MailDocument {
  _id: Types.ObjectId;
  organisationId: Types.ObjectId;
  kind: MailKind;
  /** Of a report. */
  importId: Types.ObjectId | null;
  /** The request that led to it; of a mail about a session none is known. */
  cause?: Cause | null;
  /** Of a mail about an account. */
  account: AccountLetter | null;
  letterhead: Letterhead;
  /** Of a mail about a session. */
  session: SessionLetter | null;
  to: { name: string; address: string };
  /** Message-ID and Date are fixed before the first try: every attempt sends the same bytes. */
  messageId: string;
  date: Date;
  /** See `priorityOf`; absent in one of an earlier version. */
  priority?: number;
  status: MailState;
  attempts: number;
  /** When it was last asked for again. */
  triedSince?: Date;
  /**
   * When it came back for the first time, since it was last asked for: the day counts from then in which it is tried. Absent
   * until then, and in one of an earlier version.
   */
  firstTriedAt?: Date;
  /** The Message-ID under which it goes without its attachment, once a relay has found it too large; absent until then. */
  lighterId?: string;
  nextAttemptAt: Date;
  /** It stays in a mail that was sent, and says who has noted that. */
  lease: Lease | null;
  /** What the server or the network said last; for operators. */
  lastError: string | null;
  sentAt: Date | null;
  /** It has failed untried, as its address is suppressed. */
  suppressed?: boolean;
  /** When it leaves the outbox; absent while there is still to do with it. */
  expiresAt?: Date;
  /** Of one that was given up: when it was put aside, by an operator or because there was nothing to mend. */
  dismissedAt?: Date;
  /** The last attempts that came to an end, oldest first; absent in one of an earlier version. */
  tries?: { at: Date; status: MailState; answer: string | null }[];
}

export const mailSchema = new Schema<MailDocument>(
  {
    organisationId: { type: Schema.Types.ObjectId, required: true },
    kind: { type: String, enum: MAIL_KINDS, required: true },
    importId: { type: Schema.Types.ObjectId, default: null },
    cause: { type: Schema.Types.Mixed, default: null },
    account: { type: Schema.Types.Mixed, default: null },
    letterhead: { type: Schema.Types.Mixed, required: true },
    session: { type: Schema.Types.Mixed, default: null },
    to: { type: Schema.Types.Mixed, required: true },
    messageId: { type: String, required: true },
    date: { type: Date, required: true },
    priority: { type: Number },
    status: { type: String, enum: MAIL_STATES, required: true },
    attempts: { type: Number, required: true, default: 0 },
    triedSince: { type: Date },
    firstTriedAt: { type: Date },
    lighterId: { type: String },
    nextAttemptAt: { type: Date, required: true },
    lease: { type: Schema.Types.Mixed, default: null },
    lastError: { type: String, default: null },
    sentAt: { type: Date, default: null },
    suppressed: { type: Boolean },
    expiresAt: { type: Date },
    dismissedAt: { type: Date },
    tries: { type: [Schema.Types.Mixed], default: undefined } as never,
  },
  { collection: 'mails' },
);
// It names what the mail is about, of which there is one mail at most.
mailSchema.index({ messageId: 1 }, { unique: true });
// What those in a session were told of it.
mailSchema.index(
  { 'session.sessionId': 1, _id: -1 },
  { partialFilterExpression: { 'session.sessionId': { $exists: true } } },
);
// What operators look for: mails that were given up and not put aside, the last first.
mailSchema.index({ status: 1, dismissedAt: 1, _id: -1 }, { partialFilterExpression: { status: 'failed' } });
// What the dispatcher looks for: mails not sent, of each priority those due first.
mailSchema.index(
  { priority: 1, nextAttemptAt: 1 },
  { partialFilterExpression: { status: { $in: ['pending', 'sending'] } } },
);
// What operators look for: mails that came back and are tried again, those tried most often first.
mailSchema.index(
  { attempts: -1, date: 1 },
  { partialFilterExpression: { status: { $in: ['pending', 'sending'] }, lastError: { $gt: '' } } },
);
// MongoDB takes away what has expired.
mailSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0, sparse: true });
