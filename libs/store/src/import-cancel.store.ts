import { TERMINAL_IMPORT_STATUSES } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { ImportDocument } from './import.model.ts';
import { fromDocument, type Import } from './import.store.ts';
import { withEvent } from './import-event.ts';
import type { Models } from './models.ts';
import { inTransaction, type Transaction } from './transaction.ts';

export function importCancelStore({ Import, connection }: Models) {
  return {
    /**
     * Asks for an import to stop. From now on none of its rows is applied, but for those that are being applied; an
     * importer makes its report and ends it.
     * @param note is called in the transaction that does so; not when it had been asked already
     * @returns what it stands at now; `undefined`: it had ended before
     */
    async cancelImport(
      id: string,
      at: Date,
      note: (transaction: Transaction) => Promise<void> = async () => {},
      userId?: string,
    ): Promise<Import | undefined> {
      const running = { _id: new Types.ObjectId(id), status: { $nin: TERMINAL_IMPORT_STATUSES } };
      const by = userId === undefined ? {} : { userId };
      return inTransaction(connection, async (transaction) => {
        const asked = await Import.collection.findOneAndUpdate(
          { ...running, cancelRequestedAt: null },
          [
            {
              $set: {
                cancelRequestedAt: at,
                ...withEvent({ ...{ at, what: 'cancel-requested', status: '$status' }, ...by }),
              },
            },
          ],
          { session: transaction, returnDocument: 'after' },
        );
        if (asked) {
          await note(transaction);
          return fromDocument(asked as unknown as ImportDocument);
        }
        const before = await Import.findOne(running).session(transaction).lean();
        return before ? fromDocument(before) : undefined;
      });
    },
  };
}
