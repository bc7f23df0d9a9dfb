import { Types } from 'mongoose';
import type { AccountLinkDocument, LinkPurpose } from './account-link.model.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

export function accountLinkStore({ AccountLink }: Models) {
  const links = AccountLink.collection;
  return {
    /**
     * Keeps links, one for a user; earlier ones of the user for the same purpose are good no more. One for another
     * purpose stays: anybody may ask for a reset, and nobody's invitation shall be lost by it.
     * @returns their ids
     */
    async addLinks(
      transaction: Transaction,
      purpose: LinkPurpose,
      added: readonly { userId: string; hash: string; expiresAt: Date }[],
    ): Promise<string[]> {
      if (added.length === 0) return [];
      const documents = added.map((link): AccountLinkDocument => {
        return { ...link, purpose, _id: new Types.ObjectId(), userId: new Types.ObjectId(link.userId) };
      });
      const earlier = { userId: { $in: documents.map(({ userId }) => userId) }, purpose };
      await links.deleteMany(earlier, { session: transaction });
      await links.insertMany(documents, { session: transaction });
      return documents.map(({ _id }) => _id.toHexString());
    },

    /**
     * Uses a link up, and with it every other one of its user.
     * @returns undefined for one that is unknown, used or run out
     */
    async isGood(hash: string, at: Date): Promise<boolean> {
      return (await links.findOne({ hash, expiresAt: { $gt: at } }, { projection: { _id: 1 } })) !== null;
    },

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

export type AccountLinkStore = ReturnType<typeof accountLinkStore>;
