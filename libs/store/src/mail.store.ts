import { DEFAULT_SETTINGS, type MailState, WAITING_MAIL_STATES } from '@mentorline/domain';
import { currentTrace, DAY_MS, type Traceparent } from '@mentorline/runtime';
import { Types } from 'mongoose';
import type { LinkPurpose } from './account-link.model.ts';
import type { Cause } from './cause.ts';
import type { Import } from './import.store.ts';
import { LEASE_FREE, leaseFor } from './lease.ts';
import {
  type AccountLetter,
  type Letterhead,
  MAIL_PRIORITIES,
  type MailDocument,
  ofPriority,
  priorityOf,
} from './mail.model.ts';
import type { Models } from './models.ts';
import type { OrganisationDocument } from './organisation.model.ts';
import type { Transaction } from './transaction.ts';

/** A mail as stored, ids as text. */
export interface Mail extends Omit<MailDocument, '_id' | 'organisationId' | 'importId' | 'lease'> {
  id: string;
  organisationId: string;
  importId: string | null;
  cause: Cause | null;
}

/** How long a mail stays in the outbox that was sent or given up, where nothing else is said. */
export const KEEP_MAILS_MS = 180 * DAY_MS;
/** Attempts of a mail that are told of. */
const MOST_TRIES = 20;

export function mailFrom(document: MailDocument): Mail {
  const { _id, organisationId, importId, account = null, session = null, cause = null, ...others } = document;
  const { lease: _lease, ...plain } = others;
  return {
    ...plain,
    ...{ account, session, cause },
    id: _id.toHexString(),
    organisationId: organisationId.toHexString(),
    importId: importId?.toHexString() ?? null,
  };
}

/** A mail that could be sent now. */
export interface WaitingMail {
  id: string;
  attempts: number;
  priority: number;
  trace: Traceparent | null;
}

/** A mail that the relay has taken. */
export interface SentMail {
  id: string;
  /** Of its lease. */
  owner: string;
  /** What the relay said. */
  answer: string;
}

/** What leaves the outbox with a mail. One that failed may be sent again, but for the link of an account. */
const LEAVING = {
  sent: { 'account.token': '', 'session.inside': '' },
  failed: { 'account.token': '' },
} as const;

/** A mail that is to be put in the outbox. */
export type NewMail = Pick<Mail, 'organisationId' | 'kind' | 'to' | 'messageId' | 'date'> &
  Partial<Pick<Mail, 'importId' | 'account' | 'session' | 'cause'>>;

function toDocument(mail: NewMail, letterhead: Letterhead): MailDocument {
  return {
    ...mail,
    _id: new Types.ObjectId(),
    organisationId: new Types.ObjectId(mail.organisationId),
    letterhead,
    importId: mail.importId ? new Types.ObjectId(mail.importId) : null,
    cause: mail.cause ?? null,
    account: mail.account ?? null,
    session: mail.session ?? null,
    priority: priorityOf(mail.kind),
    status: 'pending',
    attempts: 0,
    nextAttemptAt: mail.date,
    lease: null,
    lastError: null,
    sentAt: null,
  };
}

/** @param keepMs how long a mail stays in the outbox that was sent or given up */
export function mailStore({ Mail, Organisation }: Models, keepMs: number) {
  /** By organisation. */
  const letterheadsOf = async (transaction: Transaction, ids: Iterable<string>) => {
    const found = await Organisation.collection
      .find<Pick<OrganisationDocument, '_id' | 'name' | 'settings'>>(
        { _id: { $in: [...new Set(ids)].map((id) => new Types.ObjectId(id)) } },
        { projection: { name: 1, 'settings.brandColor': 1 }, session: transaction },
      )
      .toArray();
    const letterheads = new Map(
      found.map(({ _id, name, settings }): [string, Letterhead] => [
        _id.toHexString(),
        { organisationName: name, brandColor: { ...DEFAULT_SETTINGS, ...settings }.brandColor },
      ]),
    );
    const { brandColor } = DEFAULT_SETTINGS;
    return (id: string): Letterhead => letterheads.get(id) ?? { organisationName: '', brandColor };
  };

  return {
    /** Puts a mail in the outbox, in the transaction of what it tells. There is one of a Message-ID at most. */
    async addMail(transaction: Transaction, mail: NewMail): Promise<string> {
      const letterheadOf = await letterheadsOf(transaction, [mail.organisationId]);
      const document = toDocument(mail, letterheadOf(mail.organisationId));
      await Mail.collection.insertOne(document, { session: transaction });
      return document._id.toHexString();
    },

    /** As {@link addMail}, many at once. */
    async addMails(transaction: Transaction, mails: readonly NewMail[]): Promise<void> {
      if (mails.length === 0) return;
      const ids = mails.map(({ organisationId }) => organisationId);
      const letterheadOf = await letterheadsOf(transaction, ids);
      const documents = mails.map((mail) => toDocument(mail, letterheadOf(mail.organisationId)));
      await Mail.collection.insertMany(documents, { session: transaction });
    },

    /** The mail that tells the uploader of the end of an import. Its Message-ID is the import's, however often it is sent. */
    async addReportMail(
      transaction: Transaction,
      {
        id,
        organisationId,
        uploadedBy,
        cause,
      }: Pick<Import, 'id' | 'organisationId' | 'uploadedBy' | 'cause'>,
      mailDomain: string,
    ): Promise<string> {
      return this.addMail(transaction, {
        organisationId,
        kind: 'import-report',
        importId: id,
        cause: cause && { ...cause, trace: currentTrace() ?? cause.trace },
        to: { name: uploadedBy.name, address: uploadedBy.email },
        messageId: `<import-report.${id}@${mailDomain}>`,
        date: new Date(),
      });
    },

    /** The mails that bring people links with which they set their passwords. The Message-ID of each is its link's. */
    async addAccountMails(
      transaction: Transaction,
      purpose: LinkPurpose,
      letters: readonly (Pick<NewMail, 'organisationId' | 'to' | 'date' | 'cause'> & {
        linkId: string;
        account: AccountLetter;
      })[],
      mailDomain: string,
    ): Promise<void> {
      const mails = letters.map(({ linkId, ...letter }) => {
        return { ...letter, kind: purpose, messageId: `<${purpose}.${linkId}@${mailDomain}>` };
      });
      await this.addMails(transaction, mails);
    },

    async findMail(id: string): Promise<Mail | undefined> {
      const document = await Mail.findById(id).lean();
      return document ? mailFrom(document) : undefined;
    },

    async findMails(ids: readonly string[]): Promise<Map<string, Mail>> {
      const documents = await Mail.find({ _id: { $in: ids } }).lean();
      return new Map(documents.map((document) => [document._id.toHexString(), mailFrom(document)]));
    },

    /** A page of the mails about a session, newest first, and the number of all. */
    async listSessionMails(
      sessionId: string,
      page: { after?: string; limit: number },
    ): Promise<{ items: Mail[]; total: number }> {
      const about = { 'session.sessionId': sessionId };
      const filter = page.after ? { ...about, _id: { $lt: new Types.ObjectId(page.after) } } : about;
      const [documents, total] = await Promise.all([
        Mail.collection.find<MailDocument>(filter).sort({ _id: -1 }).limit(page.limit).toArray(),
        Mail.collection.countDocuments(about),
      ]);
      return { items: documents.map(mailFrom), total };
    },

    /** Mails whose time has come and that nobody is sending: by priority, of each those due longest first. */
    async listWaitingMails(limit: number): Promise<WaitingMail[]> {
      const waiting: WaitingMail[] = [];
      const due = {
        status: { $in: WAITING_MAIL_STATES },
        nextAttemptAt: { $lte: new Date() },
        ...LEASE_FREE,
      };
      for (const priority of MAIL_PRIORITIES) {
        if (waiting.length >= limit) break;
        const documents = await Mail.find({ ...due, ...ofPriority(priority) }, { attempts: 1, cause: 1 })
          .sort({ nextAttemptAt: 1 })
          .limit(limit - waiting.length)
          .lean();
        for (const { _id, attempts, cause } of documents) {
          waiting.push({ id: _id.toHexString(), attempts, priority, trace: cause?.trace ?? null });
        }
      }
      return waiting;
    },

    /** Takes a mail to send it, if it is due and nobody else is sending it. */
    async claimMail(id: string, owner: string, leaseMs: number): Promise<Mail | undefined> {
      return (await this.claimMails([id], owner, leaseMs)).get(id);
    },

    /**
     * As {@link claimMail}, many at once. Asked again after a fault, by the same owner, it tells what was taken before.
     * @param owner of no other claim
     * @returns by id, those that were taken
     */
    async claimMails(ids: readonly string[], owner: string, leaseMs: number): Promise<Map<string, Mail>> {
      const among = { _id: { $in: ids.map((id) => new Types.ObjectId(id)) } };
      await Mail.collection.updateMany(
        {
          ...among,
          status: { $in: WAITING_MAIL_STATES },
          nextAttemptAt: { $lte: new Date() },
          ...LEASE_FREE,
        },
        [
          {
            $set: {
              status: 'sending',
              lease: leaseFor(owner, leaseMs),
              attempts: { $add: ['$attempts', 1] },
            },
          },
        ],
      );
      const taken = await Mail.collection
        .find<MailDocument>({ ...among, status: 'sending', 'lease.owner': owner })
        .toArray();
      return new Map(taken.map((document) => [document._id.toHexString(), mailFrom(document)]));
    },

    /**
     * @returns false when the lease was lost: somebody else may be sending already. Not once `owner` has noted the mail as
     * sent, of which it may not have heard
     */
    async renewMailLease(id: string, owner: string, leaseMs: number): Promise<boolean> {
      const renewed = await Mail.collection.updateOne({ _id: new Types.ObjectId(id), 'lease.owner': owner }, [
        { $set: { lease: leaseFor(owner, leaseMs) } },
      ]);
      return renewed.matchedCount === 1;
    },

    /**
     * Notes that an attempt came to nothing: the mail is to be tried again at a time, or given up. The token of a link
     * leaves the outbox with the last one.
     * @param outcome.firstTriedAt when the first attempt was
     * @param outcome.isInOrder there is nothing to mend: no operator has to look at it
     * @returns false when `owner`'s lease was lost meanwhile
     */
    async settleMail(
      id: string,
      owner: string,
      outcome:
        | { status: 'pending'; error: string; nextAttemptAt: Date; firstTriedAt?: Date }
        | { status: 'failed'; error: string; suppressed?: boolean; isInOrder?: boolean },
    ): Promise<boolean> {
      const settled = await Mail.collection.updateOne(
        { _id: new Types.ObjectId(id), status: 'sending', 'lease.owner': owner },
        {
          $set: {
            lease: null,
            status: outcome.status,
            lastError: outcome.error,
            ...(outcome.status === 'pending'
              ? {
                  nextAttemptAt: outcome.nextAttemptAt,
                  ...(outcome.firstTriedAt ? { firstTriedAt: outcome.firstTriedAt } : {}),
                }
              : {
                  expiresAt: new Date(Date.now() + keepMs),
                  ...(outcome.suppressed ? { suppressed: true } : {}),
                  ...(outcome.isInOrder ? { dismissedAt: new Date() } : {}),
                }),
          },
          ...(outcome.status === 'failed' ? { $unset: LEAVING.failed } : {}),
          ...noteTry(outcome.status, outcome.error),
        },
      );
      return settled.matchedCount === 1;
    },

    /** Leaves a mail that was not handed to the relay to others, at once: it was no attempt. */
    async putBack(id: string, owner: string): Promise<void> {
      await Mail.collection.updateOne(
        { _id: new Types.ObjectId(id), status: 'sending', 'lease.owner': owner },
        { $set: { lease: null, status: 'pending', nextAttemptAt: new Date() }, $inc: { attempts: -1 } },
      );
    },

    /**
     * Notes that a mail is to go without its attachment from now on, before it does: of what it would be with it no copy is
     * sent any more.
     * @returns false when `owner`'s lease was lost meanwhile
     */
    async noteLighter(id: string, owner: string, lighterId: string): Promise<boolean> {
      const noted = await Mail.collection.updateOne(
        { _id: new Types.ObjectId(id), status: 'sending', 'lease.owner': owner },
        { $set: { lighterId } },
      );
      return noted.matchedCount === 1;
    },

    /**
     * Notes mails as sent. The token of a link, and what only those in a session may read, leave the outbox with that. Asked
     * again after a fault, it tells what was noted before.
     * @param sent each with the owner of its lease
     * @returns the ids of those of which it could be noted: not of one whose lease was lost meanwhile
     */
    async noteSent(sent: readonly SentMail[]): Promise<Set<string>> {
      const ids = sent.map(({ id }) => new Types.ObjectId(id));
      const owners = [...new Set(sent.map(({ owner }) => owner))];
      const answers = { $literal: sent.map(({ answer }) => answer) };
      const ofThis = { $indexOfArray: [ids, '$_id'] };
      const sentAt = new Date();
      const noted = await Mail.collection.updateMany(
        { _id: { $in: ids }, status: 'sending', 'lease.owner': { $in: owners } },
        [
          {
            $set: {
              ...{ status: 'sent', lastError: null, sentAt },
              expiresAt: new Date(sentAt.getTime() + keepMs),
              tries: withTry({ at: sentAt, status: 'sent', answer: { $arrayElemAt: [answers, ofThis] } }),
            },
          },
          { $unset: Object.keys(LEAVING.sent) },
        ],
      );
      if (noted.matchedCount === sent.length) return new Set(sent.map(({ id }) => id));
      const those = await Mail.collection
        .find(
          { _id: { $in: ids }, status: 'sent', 'lease.owner': { $in: owners } },
          { projection: { _id: 1 } },
        )
        .toArray();
      return new Set(those.map(({ _id }) => _id.toHexString()));
    },
  };
}

/** For operators: adds what came of an attempt to the last ones. */
function noteTry(status: MailState, answer: string | null) {
  return { $push: { tries: { $each: [{ at: new Date(), status, answer }], $slice: -MOST_TRIES } } as never };
}

/** The same as a value of an update pipeline. */
function withTry(ended: Record<'at' | 'status' | 'answer', unknown>) {
  return { $slice: [{ $concatArrays: [{ $ifNull: ['$tries', []] }, [ended]] }, -MOST_TRIES] };
}

export type MailStore = ReturnType<typeof mailStore>;
