import { Types } from 'mongoose';
import { pushEvent } from './import-event.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

/** `missing`: there is none. `not-failed`: it was not given up, or is tried again. `before`: it is put aside already. */
export type Dismissed =
  | { outcome: 'dismissed'; organisationId: string }
  | { outcome: 'missing' | 'not-failed' | 'before' };

interface Letter {
  organisationId: Types.ObjectId;
  status: string;
  retriedAs?: Types.ObjectId | null;
  dismissedAt?: Date | null;
}

/** What was given up, and is to be looked at no more: it stays as it is, and may still be retried or sent again. */
export function dismissStore({ Import, Mail }: Models) {
  const dismiss = async (
    collection: typeof Import.collection | typeof Mail.collection,
    transaction: Transaction,
    id: string,
    update: object,
  ): Promise<Dismissed> => {
    const _id = new Types.ObjectId(id);
    const found = await collection.findOne<Letter>({ _id }, { session: transaction });
    if (!found) return { outcome: 'missing' };
    if (found.status !== 'failed' || found.retriedAs) return { outcome: 'not-failed' };
    if (found.dismissedAt) return { outcome: 'before' };
    await collection.updateOne({ _id }, update, { session: transaction });
    return { outcome: 'dismissed', organisationId: found.organisationId.toHexString() };
  };
  return {
    dismissImport(transaction: Transaction, id: string, userId: string, at: Date): Promise<Dismissed> {
      const event = pushEvent({ at, what: 'dismissed', status: 'failed', userId });
      return dismiss(Import.collection, transaction, id, { $set: { dismissedAt: at }, ...event });
    },

    dismissMail: (transaction: Transaction, id: string, at: Date): Promise<Dismissed> =>
      dismiss(Mail.collection, transaction, id, { $set: { dismissedAt: at } }),
  };
}
