import { Types } from 'mongoose';
import type { AccountLinkDocument, LinkPurpose } from './account-link.model.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

export function accountLinkStore({ AccountLink }: Models) {
  const links = AccountLink.collection;
  return {
    /**
     * Keeps a link; earlier ones of the user for the same purpose are good no more. One for another purpose stays:
     * anybody may ask for a reset, and nobody's invitation shall be lost by it.
     * @returns its id
     */
    async addLink(
      transaction: Transaction,
      link: { userId: string; purpose: LinkPurpose; hash: string; expiresAt: Date },
    ): Promise<string> {
      const { purpose } = link;
      const userId = new Types.ObjectId(link.userId);
      await links.deleteMany({ userId, purpose }, { session: transaction });
      const document: AccountLinkDocument = { ...link, _id: new Types.ObjectId(), userId };
      await links.insertOne(document, { session: transaction });
      return document._id.toHexString();
    },

    /**
     * Uses a link up, and with it every other one of its user.
     * @returns undefined for one that is unknown, used or run out
     */
    async takeLink(
      transaction: Transaction,
      hash: string,
      at: Date,
    ): Promise<{ userId: string; purpose: LinkPurpose } | undefined> {
      const taken = (await links.findOneAndDelete(
        { hash, expiresAt: { $gt: at } },
        { session: transaction },
      )) as unknown as AccountLinkDocument | null;
      if (!taken) return undefined;
      const { userId, purpose } = taken;
      await links.deleteMany({ userId }, { session: transaction });
      return { userId: userId.toHexString(), purpose };
    },
  };
}
