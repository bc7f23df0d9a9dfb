import { Types } from 'mongoose';
import type { Models } from './models.ts';
import type { RefreshTokenDocument } from './refresh-token.model.ts';
import type { Transaction } from './transaction.ts';

/** What a client presents and gets: hashes of tokens, never the tokens. */
export interface TokenExchange {
  hash: string;
  successorHash: string;
  client: string;
  at: Date;
  /** How long after its first exchange the same client may exchange a token again. */
  graceMs: number;
  lifeMs: number;
}

export type Exchanged =
  | { outcome: 'rotated'; userId: string }
  /** An exchanged token came back, so it is in two hands: its family is gone. */
  | { outcome: 'reused'; userId: string }
  | { outcome: 'unknown' };

/**
 * Every verb writes each document that it depends on, so that two transactions about one family never both commit
 * unseen by each other: a family that is ended has no successor that slips through.
 */
export function refreshTokenStore({ RefreshToken }: Models) {
  const tokens = RefreshToken.collection;
  const insert = (
    transaction: Transaction,
    token: Pick<RefreshTokenDocument, 'familyId' | 'userId' | 'hash' | 'client' | 'expiresAt'>,
  ) =>
    tokens.insertOne(
      { ...token, _id: new Types.ObjectId(), rotatedAt: null, uses: 0 } satisfies RefreshTokenDocument,
      { session: transaction },
    );

  return {
    /** Begins a family with its first token, at a sign-in. */
    async startFamily(
      transaction: Transaction,
      token: { userId: string; hash: string; client: string; expiresAt: Date },
    ): Promise<void> {
      const familyId = new Types.ObjectId();
      await insert(transaction, { ...token, familyId, userId: new Types.ObjectId(token.userId) });
    },

    /**
     * Exchanges a token for its successor. The same client may do so again within the grace time, and gets a further
     * token of the family: an answer that was lost, or two tabs that refresh at once. Anybody later, or else, ends
     * the family.
     */
    async exchangeToken(transaction: Transaction, exchange: TokenExchange): Promise<Exchanged> {
      const { hash, successorHash, client, at, graceMs, lifeMs } = exchange;
      const found = (await tokens.findOneAndUpdate(
        { hash, expiresAt: { $gt: at } },
        [{ $set: { rotatedAt: { $ifNull: ['$rotatedAt', at] }, uses: { $add: ['$uses', 1] } } }],
        { session: transaction, returnDocument: 'before' },
      )) as unknown as RefreshTokenDocument | null;
      if (!found) return { outcome: 'unknown' };
      const { familyId, rotatedAt } = found;
      const userId = found.userId.toHexString();
      const isRepeat = client === found.client && at.getTime() - (rotatedAt?.getTime() ?? 0) <= graceMs;
      if (rotatedAt && !isRepeat) {
        await tokens.deleteMany({ familyId }, { session: transaction });
        return { outcome: 'reused', userId };
      }
      const expiresAt = new Date(at.getTime() + lifeMs);
      await insert(transaction, { familyId, userId: found.userId, hash: successorHash, client, expiresAt });
      return { outcome: 'rotated', userId };
    },

    /**
     * Ends the family of a token, whichever of it that is.
     * @returns whose it was; undefined when there is none (any more)
     */
    async endFamily(transaction: Transaction, hash: string): Promise<string | undefined> {
      const found = await RefreshToken.findOne({ hash }).session(transaction).lean();
      if (!found) return undefined;
      await tokens.deleteMany({ familyId: found.familyId }, { session: transaction });
      return found.userId.toHexString();
    },

    /** Whether a token is good still; it is not exchanged. */
    async isGood(hash: string, at: Date): Promise<boolean> {
      return (await RefreshToken.exists({ hash, rotatedAt: null, expiresAt: { $gt: at } })) !== null;
    },

    /** Ends every family of a user. */
    async endFamiliesOf(transaction: Transaction, userId: string): Promise<void> {
      await tokens.deleteMany({ userId: new Types.ObjectId(userId) }, { session: transaction });
    },
  };
}
