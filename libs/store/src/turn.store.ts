import { Types } from 'mongoose';
import { ensureDocuments } from './ensure-documents.ts';
import type { ImportTurnDocument } from './import-turn.model.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

/** Imports that an organisation may have running at a time. */
export const RUNNING_AT_MOST = 2;

/** Expression: the entries of a turn's `running` that have not run out. */
export const RUNNING_OF_TURN = (running: string) => ({
  $filter: { input: { $ifNull: [running, []] }, as: 'entry', cond: { $gt: ['$$entry.until', '$$NOW'] } },
});

/**
 * Whose import may run: each organisation has a few places, and those who wait longest come first. One document an
 * organisation, changed by one atomic update each, so that the number holds whatever is claimed at the same time.
 */
export function turnStore({ ImportTurn }: Models) {
  const turns = ImportTurn.collection;
  return {
    /** @returns whether `owner` has one of the organisation's places for the next `leaseMs` */
    async takeTurn(organisationId: string, owner: string, leaseMs: number): Promise<boolean> {
      const entry = { owner, since: '$$NOW', until: { $add: ['$$NOW', leaseMs] } };
      const hasPlace = { $lt: [{ $size: '$running' }, RUNNING_AT_MOST] };
      const turn = await turns.findOneAndUpdate(
        { _id: new Types.ObjectId(organisationId) },
        [
          { $set: { running: RUNNING_OF_TURN('$running') } },
          {
            $set: {
              running: { $cond: [hasPlace, { $concatArrays: ['$running', [entry]] }, '$running'] },
              lastTurnAt: { $cond: [hasPlace, '$$NOW', '$lastTurnAt'] },
            },
          },
        ],
        { upsert: true, returnDocument: 'after' },
      );
      return (turn as ImportTurnDocument | null)?.running.some((place) => place.owner === owner) ?? false;
    },

    async renewTurn(organisationId: string, owner: string, leaseMs: number): Promise<void> {
      await turns.updateOne({ _id: new Types.ObjectId(organisationId), 'running.owner': owner }, [
        {
          $set: {
            running: {
              $map: {
                input: '$running',
                as: 'entry',
                in: {
                  $cond: [
                    { $eq: ['$$entry.owner', owner] },
                    { $mergeObjects: ['$$entry', { until: { $add: ['$$NOW', leaseMs] } }] },
                    '$$entry',
                  ],
                },
              },
            },
          },
        },
      ]);
    },

    async endTurn(organisationId: string, owner: string): Promise<void> {
      await ImportTurn.updateOne({ _id: organisationId }, { $pull: { running: { owner } } });
    },

    /** Makes the organisations' turns exist. Outside any transaction, see {@link ensureDocuments}. */
    async ensureTurns(organisationIds: readonly string[]): Promise<void> {
      const ids = organisationIds.map((id) => new Types.ObjectId(id));
      await ensureDocuments(turns, ids, { running: [], lastTurnAt: null });
    },

    /**
     * No import of the organisations begins until the transaction ends, and it does not commit when one has begun since
     * its snapshot. Call `ensureTurns` first, outside the transaction.
     */
    async holdTurns(transaction: Transaction, organisationIds: readonly string[]): Promise<void> {
      const _id = { $in: organisationIds.map((id) => new Types.ObjectId(id)) };
      await turns.updateMany({ _id }, { $inc: { sequence: 1 } }, { session: transaction });
    },

    /**
     * Who has to make room while somebody waits who has none running: of the organisations with most places the one
     * that has had its place longest.
     */
    async longestRunning(): Promise<string | undefined> {
      const [longest] = await turns
        .aggregate<{ owner: string }>([
          { $match: { 'running.owner': { $exists: true } } },
          { $set: { running: RUNNING_OF_TURN('$running') } },
          { $set: { places: { $size: '$running' } } },
          { $unwind: '$running' },
          { $sort: { places: -1, 'running.since': 1, 'running.owner': 1 } },
          { $limit: 1 },
          { $project: { _id: 0, owner: '$running.owner' } },
        ])
        .toArray();
      return longest?.owner;
    },
  };
}
