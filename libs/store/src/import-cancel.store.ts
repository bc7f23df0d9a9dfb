import { TERMINAL_IMPORT_STATUSES } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { ImportDocument } from './import.model.ts';
import { fromDocument, type Import, NO_ROWS } from './import.store.ts';
import { LEASE_FREE } from './lease.ts';
import type { MailStore } from './mail.store.ts';
import type { Models } from './models.ts';
import { inTransaction, type Transaction } from './transaction.ts';

export function importCancelStore({ Import, connection }: Models, mails: MailStore) {
  const imports = Import.collection;

  /** One that nobody has begun ends here, with the mail that tells of it. */
  const end = async (
    transaction: Transaction,
    _id: Types.ObjectId,
    mailDomain: string,
    at: Date,
  ): Promise<Import | undefined> => {
    const ended = await imports.findOneAndUpdate(
      { _id, status: 'queued', ...LEASE_FREE },
      { $set: { status: 'cancelled', cancelRequestedAt: at, finishedAt: at, lease: null, rows: NO_ROWS } },
      { session: transaction, returnDocument: 'after' },
    );
    if (!ended) return undefined;
    const cancelled = fromDocument(ended as unknown as ImportDocument);
    const mailId = await mails.addReportMail(transaction, cancelled, mailDomain);
    await imports.updateOne(
      { _id },
      { $set: { mailId: new Types.ObjectId(mailId) } },
      { session: transaction },
    );
    return { ...cancelled, mailId };
  };

  const ask = async (
    transaction: Transaction,
    _id: Types.ObjectId,
    at: Date,
  ): Promise<Import | undefined> => {
    const asked = await imports.findOneAndUpdate(
      { _id, status: { $nin: TERMINAL_IMPORT_STATUSES }, cancelRequestedAt: null },
      { $set: { cancelRequestedAt: at } },
      { session: transaction, returnDocument: 'after' },
    );
    return asked ? fromDocument(asked as unknown as ImportDocument) : undefined;
  };

  return {
    /**
     * Asks for an import to stop.
     * @param note is called in the transaction that does so; not when it had been asked already
     * @returns what it stands at now; `undefined`: it had ended before
     */
    async cancelImport(
      id: string,
      mailDomain: string,
      at: Date,
      note: (transaction: Transaction) => Promise<void> = async () => {},
    ): Promise<Import | undefined> {
      const _id = new Types.ObjectId(id);
      return inTransaction(connection, async (transaction) => {
        const changed = (await end(transaction, _id, mailDomain, at)) ?? (await ask(transaction, _id, at));
        if (changed) {
          await note(transaction);
          return changed;
        }
        const running = await Import.findOne({ _id, status: { $nin: TERMINAL_IMPORT_STATUSES } })
          .session(transaction)
          .lean();
        return running ? fromDocument(running) : undefined;
      });
    },
  };
}
