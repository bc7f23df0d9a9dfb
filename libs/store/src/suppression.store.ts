import { Types } from 'mongoose';
import type { MailDocument } from './mail.model.ts';
import type { Models } from './models.ts';
import { findAtOnce } from './read-at-once.ts';
import { readTogether } from './read-together.ts';
import type { SuppressionDocument, SuppressionReason } from './suppression.model.ts';
import type { Transaction } from './transaction.ts';
import type { User } from './user.store.ts';

/** A suppression as stored, ids as text. */
export interface Suppression extends Omit<SuppressionDocument, '_id' | 'organisationId' | 'userId'> {
  id: string;
  organisationId: string;
  userId: string;
}

type Suppressed = Pick<User, 'id' | 'organisationId' | 'email'>;

function fromDocument({
  _id,
  organisationId,
  userId,
  address,
  reason,
  at,
}: SuppressionDocument): Suppression {
  const ids = { organisationId: organisationId.toHexString(), userId: userId.toHexString() };
  return { id: _id.toHexString(), ...ids, address, reason, at };
}

function toDocument({ id, organisationId, email }: Suppressed, reason: SuppressionReason, at: Date) {
  return {
    // Made here, not by the server where a document is upserted: lists are in the order of ids, and so in that of time.
    _id: new Types.ObjectId(),
    organisationId: new Types.ObjectId(organisationId),
    userId: new Types.ObjectId(id),
    ...{ address: email, reason, at },
  };
}

/**
 * Whether somebody has just asked for the mail, as for a link to an account or for one that failed to be sent again. Such a
 * mail is tried though mails to its address came back: when the relay takes it, there is a mailbox.
 */
export function isAskedFor({ kind, triedSince }: Pick<MailDocument, 'kind' | 'triedSince'>): boolean {
  return kind === 'invitation' || kind === 'password-reset' || triedSince !== undefined;
}

/** Whether a mail does not go to an address that is suppressed for some reasons. */
export function isSuppressed(
  reasons: ReadonlySet<SuppressionReason> | undefined,
  mail: Pick<MailDocument, 'kind' | 'triedSince'>,
): boolean {
  if (!reasons) return false;
  if (mail.kind === 'session-reminder' && reasons.has('reminders-off')) return true;
  return (reasons.has('hard-bounce') || reasons.has('manual')) && !isAskedFor(mail);
}

/** Addresses that are written to no more, or not about everything. */
export function suppressionStore({ Suppression }: Models) {
  const suppressions = Suppression.collection;
  const findSuppressed = readTogether(async (addresses) => {
    const found = new Map<string, Set<SuppressionReason>>();
    const filter = { address: { $in: [...addresses] } };
    for (const { address, reason } of await findAtOnce<SuppressionDocument>(Suppression, filter)) {
      found.set(address, (found.get(address) ?? new Set()).add(reason));
    }
    return found as ReadonlyMap<string, ReadonlySet<SuppressionReason>>;
  });

  return {
    /** Notes that mails to a user's address come back. Noted before it stays as it is. */
    async noteBounce(user: Suppressed, at: Date): Promise<void> {
      const document = toDocument(user, 'hard-bounce', at);
      const { address, reason } = document;
      await suppressions.updateOne({ address, reason }, { $setOnInsert: document }, { upsert: true });
    },

    /**
     * Stops mails to a user's address until an administrator lifts it. Stopped before it stays as it is.
     * @throws a duplicate-key error where somebody else has just done so (see `isDuplicateKey`): what comes next finds it
     */
    async suppress(
      transaction: Transaction,
      user: Suppressed,
      at: Date,
    ): Promise<{ suppression: Suppression; isNew: boolean }> {
      const document = toDocument(user, 'manual', at);
      const { address, reason } = document;
      const within = { session: transaction };
      const found = await suppressions.findOne<SuppressionDocument>({ address, reason }, within);
      if (!found) await suppressions.insertOne(document, within);
      return { suppression: fromDocument(found ?? document), isNew: !found };
    },

    /** A mail to the address has been taken. @returns whether it was noted that they come back */
    async liftBounce(address: string): Promise<boolean> {
      const lifted = await suppressions.deleteOne({ address, reason: 'hard-bounce' });
      return lifted.deletedCount === 1;
    },

    /**
     * @returns its id
     * @throws a duplicate-key error where they are off already (see `isDuplicateKey`)
     */
    async endReminders(transaction: Transaction, user: Suppressed, at: Date): Promise<string> {
      const document = toDocument(user, 'reminders-off', at);
      await suppressions.insertOne(document, { session: transaction });
      return document._id.toHexString();
    },

    /** Why addresses are suppressed, those that are. */
    findSuppressed,

    /** A page of those of an organisation's people, newest first, and the number of all. */
    async listSuppressions(
      organisationId: string,
      page: { after?: string; limit: number },
    ): Promise<{ items: Suppression[]; total: number }> {
      const own = { organisationId: new Types.ObjectId(organisationId) };
      const filter = page.after ? { ...own, _id: { $lt: new Types.ObjectId(page.after) } } : own;
      const [documents, total] = await Promise.all([
        suppressions.find<SuppressionDocument>(filter).sort({ _id: -1 }).limit(page.limit).toArray(),
        suppressions.countDocuments(own),
      ]);
      return { items: documents.map(fromDocument), total };
    },

    /** @returns what it was; `undefined` where the organisation has no such suppression */
    async liftSuppression(
      transaction: Transaction,
      organisationId: string,
      id: string,
    ): Promise<Suppression | undefined> {
      const filter = { _id: new Types.ObjectId(id), organisationId: new Types.ObjectId(organisationId) };
      const lifted = await suppressions.findOneAndDelete(filter, { session: transaction });
      return lifted ? fromDocument(lifted as unknown as SuppressionDocument) : undefined;
    },
  };
}
