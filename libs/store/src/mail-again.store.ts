import { Types } from 'mongoose';
import type { MailDocument, SessionLetter } from './mail.model.ts';
import { type Mail, mailFrom } from './mail.store.ts';
import type { Models } from './models.ts';
import type { SuppressionDocument } from './suppression.model.ts';
import { isSuppressed } from './suppression.store.ts';
import type { Transaction } from './transaction.ts';

/**
 * Why a mail is not sent again. `missing`: there is none. `not-failed`: it is sent, or still tried. `outdated`: what it
 * tells is over, has left the outbox with it, or is no longer so, as its reader has been told since. `suppressed`: it is a
 * reminder, and its reader wants none.
 */
export type AgainRefusal = 'missing' | 'not-failed' | 'outdated' | 'suppressed';

export type SentAgain =
  | { outcome: 'waiting'; mail: Mail }
  | { outcome: 'refused'; reason: Exclude<AgainRefusal, 'missing'>; mail: Mail }
  | { outcome: 'refused'; reason: 'missing'; mail?: never };

/** Mails that were not sent, and are to be sent all the same. */
export function mailAgainStore({ Mail, Suppression }: Models) {
  /** Whether the reader of a mail about a session, no reminder, has had a later one, which says how the session is now. */
  const isOvertaken = async (
    { sessionId, userId, version }: SessionLetter,
    transaction?: Transaction,
  ): Promise<boolean> => {
    const later = {
      'session.sessionId': sessionId,
      'session.userId': userId,
      'session.version': { $gt: version },
      ...{ kind: { $ne: 'session-reminder' }, status: 'sent' },
    };
    const options = { projection: { _id: 1 }, ...(transaction ? { session: transaction } : {}) };
    return (await Mail.collection.findOne(later, options)) !== null;
  };

  return {
    isOvertaken,

    /**
     * Lets a mail that failed for good wait to be sent again, whichever organisation's it is: under its Message-ID, with
     * the same bytes, and with a new day of tries, from the first of them. It is tried even if mails to its address came back.
     * @param now by which what it tells may be over
     */
    async sendAgain(transaction: Transaction, id: string, now: Date): Promise<SentAgain> {
      const _id = new Types.ObjectId(id);
      const document = await Mail.collection.findOne<MailDocument>({ _id }, { session: transaction });
      if (!document) return { outcome: 'refused', reason: 'missing' };
      const mail = mailFrom(document);
      if (mail.status !== 'failed') return { outcome: 'refused', reason: 'not-failed', mail };
      const { kind, session } = mail;
      const outdated =
        isOutdated(mail, now) ||
        (session && kind !== 'session-reminder' && (await isOvertaken(session, transaction)));
      if (outdated) return { outcome: 'refused', reason: 'outdated', mail };
      const suppressions = await Suppression.collection
        .find<SuppressionDocument>({ address: mail.to.address }, { session: transaction })
        .toArray();
      // The outbox goes by the clock of the machines.
      const at = new Date();
      if (isSuppressed(new Set(suppressions.map(({ reason }) => reason)), { ...mail, triedSince: at })) {
        return { outcome: 'refused', reason: 'suppressed', mail };
      }
      const waiting = await Mail.collection.findOneAndUpdate(
        { _id, status: 'failed' },
        {
          $set: { status: 'pending', attempts: 0, nextAttemptAt: at, triedSince: at },
          $unset: { expiresAt: '', suppressed: '', dismissedAt: '', firstTriedAt: '' },
        },
        { session: transaction, returnDocument: 'after' },
      );
      return { outcome: 'waiting', mail: mailFrom(waiting as unknown as MailDocument) };
    },
  };
}

/** An account's link never waits in a mail that has failed; of a session, what an earlier version has thrown away is gone. */
function isOutdated({ kind, account, session }: Mail, now: Date): boolean {
  if (account) return !account.token;
  if (!session) return false;
  const tellsInside = kind !== 'session-cancelled' && kind !== 'session-removed';
  if (tellsInside && !session.inside) return true;
  return kind === 'session-reminder' ? session.start <= now : session.end < now;
}
