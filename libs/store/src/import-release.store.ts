import { TERMINAL_IMPORT_STATUSES } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { ImportDocument } from './import.model.ts';
import { withEvent } from './import-event.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

export function importReleaseStore({ Import, ImportShard, ImportTurn }: Models) {
  return {
    /**
     * Takes an import away from whoever holds it, with its shards and its place among the organisation's; where nobody
     * does, a pause before the next attempt ends. The worker that had it finds its lease lost; should it be too late to
     * see that, the next one ends its transactions, whose ids stay, and the checkpoints let nothing of it in.
     * @returns false when there is no such import, or it has ended
     */
    async takeAway(transaction: Transaction, id: string, userId: string, at: Date): Promise<boolean> {
      const importId = new Types.ObjectId(id);
      const before = (await Import.collection.findOneAndUpdate(
        { _id: importId, status: { $nin: TERMINAL_IMPORT_STATUSES } },
        [
          {
            $set: {
              lease: null,
              ...withEvent({ ...{ at, what: 'released', status: '$status', userId } }),
            },
          },
        ],
        { session: transaction, returnDocument: 'before', projection: { lease: 1, organisationId: 1 } },
      )) as unknown as Pick<ImportDocument, 'lease' | 'organisationId'> | null;
      if (!before) return false;
      await ImportShard.collection.updateMany(
        { importId, done: false },
        { $set: { lease: null } },
        { session: transaction },
      );
      if (before.lease) {
        await ImportTurn.collection.updateOne(
          { _id: before.organisationId },
          { $pull: { running: { owner: before.lease.owner } } as never },
          { session: transaction },
        );
      }
      return true;
    },
  };
}
