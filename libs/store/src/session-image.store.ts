import { Types } from 'mongoose';
import type { Models } from './models.ts';
import type { SessionImage } from './session.model.ts';
import type { Transaction } from './transaction.ts';

/** The pictures of sessions; apart from their other fields, as no import knows them. */
export function sessionImageStore({ Session }: Models) {
  return {
    /** The file of the session's picture, as the transaction sees it. */
    async readImage(transaction: Transaction, id: string): Promise<SessionImage | null> {
      const options = { session: transaction, projection: { image: 1 } };
      const found = await Session.collection.findOne({ _id: new Types.ObjectId(id) }, options);
      return found?.image ?? null;
    },

    /** Puts a picture in the place of the one before, or takes it away. The version is counted by `updateSessions`. */
    async setImage(transaction: Transaction, id: string, image: SessionImage | null): Promise<void> {
      await Session.collection.updateOne(
        { _id: new Types.ObjectId(id) },
        image ? { $set: { image } } : { $unset: { image: 1 } },
        { session: transaction },
      );
    },
  };
}
