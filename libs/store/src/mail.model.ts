import { MAIL_STATES, type MailState } from '@mentorline/domain';
import { Schema, type Types } from 'mongoose';
import type { Lease } from './lease.ts';

const MAIL_KINDS = ['import-report', 'invitation', 'password-reset'] as const;

/** What a mail about an account tells, as it was when it was put in the outbox. */
export interface AccountLetter {
  /** Of its link; gone as soon as the mail is sent or given up. */
  token?: string;
  expiresAt: Date;
  organisationName: string;
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

export interface MailDocument {
  _id: Types.ObjectId;
  organisationId: Types.ObjectId;
  kind: (typeof MAIL_KINDS)[number];
  /** Of a report. */
  importId: Types.ObjectId | null;
  /** Of a mail about an account. */
  account: AccountLetter | null;
  letterhead: Letterhead;
  to: { name: string; address: string };
  /** Message-ID and Date are fixed before the first try: every attempt sends the same bytes. */
  messageId: string;
  date: Date;
  status: MailState;
  attempts: number;
  nextAttemptAt: Date;
  lease: Lease | null;
  /** What the server or the network said last; for operators. */
  lastError: string | null;
  sentAt: Date | null;
}

export const mailSchema = new Schema<MailDocument>(
  {
    organisationId: { type: Schema.Types.ObjectId, required: true },
    kind: { type: String, enum: MAIL_KINDS, required: true },
    importId: { type: Schema.Types.ObjectId, default: null },
    account: { type: Schema.Types.Mixed, default: null },
    letterhead: { type: Schema.Types.Mixed, required: true },
    to: { type: Schema.Types.Mixed, required: true },
    messageId: { type: String, required: true },
    date: { type: Date, required: true },
    status: { type: String, enum: MAIL_STATES, required: true },
    attempts: { type: Number, required: true, default: 0 },
    nextAttemptAt: { type: Date, required: true },
    lease: { type: Schema.Types.Mixed, default: null },
    lastError: { type: String, default: null },
    sentAt: { type: Date, default: null },
  },
  { collection: 'mails' },
);
// It names what the mail is about, of which there is one mail at most.
mailSchema.index({ messageId: 1 }, { unique: true });
// What the dispatcher looks for: mails not sent, those due first.
mailSchema.index(
  { status: 1, nextAttemptAt: 1 },
  { partialFilterExpression: { status: { $in: ['pending', 'sending'] } } },
);
