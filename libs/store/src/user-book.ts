import type { UserAccount } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';
import { userKeys } from './user-keys.ts';

/** Where a user import's rows find users and leave what they make of them. */
export interface UserBook {
  /** By e-mail address, of any organisation. */
  readUsers(transaction: Transaction, emails: readonly string[]): Promise<Map<string, UserAccount>>;
  /** @throws a duplicate-key error when somebody else has given an address an account meanwhile */
  write(transaction: Transaction, users: readonly UserAccount[]): Promise<void>;
}

/** The users themselves. */
export function userBook({ User }: Models): UserBook {
  return {
    async readUsers(transaction, emails) {
      const found = await User.collection
        .find({ email: { $in: [...emails] } }, { session: transaction })
        .toArray();
      return new Map(
        found.map(({ _id, organisationId, email, name, designation, roles, active }) => [
          email,
          {
            ...{ id: _id.toHexString(), organisationId: organisationId.toHexString() },
            ...{ email, name, designation, roles, active },
          },
        ]),
      );
    },
    async write(transaction, users) {
      if (users.length === 0) return;
      const at = new Date();
      await User.collection.bulkWrite(
        users.map((user) => {
          const { id, organisationId, email, name, designation, roles, active } = user;
          const given = { name, designation, roles: [...roles], active, ...userKeys(user), updatedAt: at };
          if (id) {
            return { updateOne: { filter: { _id: new Types.ObjectId(id) }, update: { $set: given } } };
          }
          const own = {
            _id: new Types.ObjectId(),
            organisationId: new Types.ObjectId(organisationId),
            email,
          };
          const document = { ...own, ...given, passwordHash: null, createdAt: at };
          return { insertOne: { document } };
        }),
        { session: transaction },
      );
    },
  };
}

/** A dry run's book: shows the users as the import's rows would have left them, and stores none. */
export function dryRunUserBook(models: Models, importId: string): UserBook {
  const { DryRunUser } = models;
  const users = userBook(models);
  const ownImport = new Types.ObjectId(importId);
  return {
    async readUsers(transaction, emails) {
      const found = await users.readUsers(transaction, emails);
      const changed = DryRunUser.collection.find(
        { importId: ownImport, email: { $in: [...emails] } },
        { session: transaction },
      );
      for await (const { email, userId, organisationId, name, roles, designation } of changed) {
        const id = userId?.toHexString() ?? null;
        const active = found.get(email)?.active ?? true;
        found.set(email, {
          ...{ id, organisationId: organisationId.toHexString(), email },
          ...{ name, roles, designation, active },
        });
      }
      return found;
    },
    async write(transaction, changed) {
      if (changed.length === 0) return;
      const filter = { importId: ownImport, email: { $in: changed.map(({ email }) => email) } };
      await DryRunUser.collection.deleteMany(filter, { session: transaction });
      await DryRunUser.collection.insertMany(
        changed.map(({ id, organisationId, email, name, roles, designation }) => ({
          ...{ _id: new Types.ObjectId(), importId: ownImport, userId: id ? new Types.ObjectId(id) : null },
          ...{ organisationId: new Types.ObjectId(organisationId), email, name, roles, designation },
        })),
        { session: transaction },
      );
    },
  };
}
