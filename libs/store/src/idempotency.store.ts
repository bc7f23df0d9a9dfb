import { AppError } from '@mentorline/runtime';
import { Types } from 'mongoose';
import { isDuplicateKey } from './failures.ts';
import type { IdempotencyKeyDocument, KeptResponse } from './idempotency.model.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

/** A request's hold on its key. */
export interface IdempotencyClaim {
  id: string;
  owner: string;
  bodyHash: string | null;
}

export interface FinishedRequest {
  bodyHash: string | null;
  targetId: string | null;
  response: KeptResponse | null;
}

export type Claimed =
  | { outcome: 'claimed'; claim: IdempotencyClaim }
  | ({ outcome: 'done' } & FinishedRequest)
  | { outcome: 'in-flight' | 'other-body' };

/** A key is remembered for so long. */
const KEPT_MS = 24 * 60 * 60 * 1000;

export function idempotencyStore({ IdempotencyKey }: Models) {
  const keys = IdempotencyKey.collection;

  return {
    /**
     * Takes a key for a request, if nobody has used it, or who did has died with nothing done.
     * @param request.bodyHash `null`: not known before the body has streamed in; then the caller compares
     */
    async claimKey(request: {
      organisationId: string;
      userId: string;
      key: string;
      bodyHash: string | null;
      owner: string;
      leaseMs: number;
      at: Date;
    }): Promise<Claimed> {
      const { key, bodyHash, owner, leaseMs, at } = request;
      const isFree = {
        $or: [
          { $eq: [{ $type: '$owner' }, 'missing'] },
          { $lte: ['$expiresAt', at] },
          {
            $and: [
              { $eq: ['$state', 'claimed'] },
              { $lt: ['$leaseUntil', '$$NOW'] },
              { $eq: ['$bodyHash', bodyHash] },
            ],
          },
        ],
      };
      const claimed = {
        ...{ _id: '$_id', organisationId: '$organisationId', userId: '$userId', key: '$key' },
        ...{ bodyHash, owner, state: 'claimed', leaseUntil: { $add: ['$$NOW', leaseMs] } },
        ...{ targetId: null, response: null, expiresAt: new Date(at.getTime() + KEPT_MS) },
      };
      const place = {
        organisationId: new Types.ObjectId(request.organisationId),
        userId: new Types.ObjectId(request.userId),
        key,
      };
      const take = () =>
        keys.findOneAndUpdate(place, [{ $replaceWith: { $cond: [isFree, claimed, '$$ROOT'] } }], {
          upsert: true,
          returnDocument: 'after',
        }) as unknown as Promise<IdempotencyKeyDocument>;
      // Of two that insert at once the second finds the document of the first when it comes again.
      const found = await take().catch((error: unknown) => {
        if (isDuplicateKey(error)) return take();
        throw error;
      });
      if (found.owner === owner) {
        return { outcome: 'claimed', claim: { id: found._id.toHexString(), owner, bodyHash } };
      }
      if (bodyHash !== null && found.bodyHash !== bodyHash) return { outcome: 'other-body' };
      if (found.state === 'claimed') return { outcome: 'in-flight' };
      return {
        ...{ outcome: 'done', bodyHash: found.bodyHash },
        ...{ targetId: found.targetId, response: found.response },
      };
    },

    /** @returns false when the key is in other hands */
    async renewClaim({ id, owner }: IdempotencyClaim, leaseMs: number): Promise<boolean> {
      const renewed = await keys.updateOne({ _id: new Types.ObjectId(id), owner }, [
        { $set: { leaseUntil: { $add: ['$$NOW', leaseMs] } } },
      ]);
      return renewed.matchedCount === 1;
    },

    /** Frees the key of a request that has done nothing; one that has keeps it. */
    async releaseClaim({ id, owner }: IdempotencyClaim): Promise<void> {
      await keys.deleteOne({ _id: new Types.ObjectId(id), owner, state: 'claimed' });
    },

    /** Keeps the answer of a request that went well, for those that come again. */
    async keepResponse({ id, owner }: IdempotencyClaim, response: KeptResponse): Promise<void> {
      await keys.updateOne({ _id: new Types.ObjectId(id), owner }, { $set: { state: 'done', response } });
    },
  };
}

/**
 * Notes in the transaction that does a request's work that it is done: the two are true together or not at all. Of
 * several things that it makes the first is its target.
 * @throws AppError IDEMPOTENCY_IN_FLIGHT when another request has taken the key over, as this one stood still too long
 */
export async function markDone(
  { IdempotencyKey }: Models,
  transaction: Transaction,
  { id, owner, bodyHash }: IdempotencyClaim,
  targetId: string,
): Promise<void> {
  const marked = await IdempotencyKey.collection.updateOne(
    { _id: new Types.ObjectId(id), owner },
    [{ $set: { state: 'done', bodyHash, targetId: { $ifNull: ['$targetId', targetId] } } }],
    { session: transaction },
  );
  if (marked.matchedCount === 0) {
    throw new AppError(
      'IDEMPOTENCY_IN_FLIGHT',
      'Another request with this Idempotency-Key has taken over; ask again in a moment for its result',
    );
  }
}
