import { administers, type Role, type UserAccount } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { DryRunUserDocument } from './dry-run.model.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';
import { type UserGroup, userKeys } from './user-keys.ts';

type StoredAccount = UserAccount & { readonly id: string };

/** Where a user import's rows find users and leave what they make of them. */
export interface UserBook {
  /** By e-mail address, of any organisation. */
  readUsers(transaction: Transaction, emails: readonly string[]): Promise<Map<string, UserAccount>>;
  /**
   * The addresses of the organisation's active administrators. Whoever asks holds all others back who do until the
   * transaction ends: of two who take the role from each other's last one comes too late.
   */
  holdAdministrators(transaction: Transaction, organisationId: string): Promise<Set<string>>;
  /**
   * @returns the users that it has made
   * @throws a duplicate-key error when somebody else has given an address an account meanwhile
   */
  write(transaction: Transaction, users: readonly UserAccount[]): Promise<StoredAccount[]>;
}

/** The users themselves. */
export function userBook({ User, Organisation }: Models): UserBook {
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
    async holdAdministrators(transaction, organisationId) {
      const _id = new Types.ObjectId(organisationId);
      const counted = { $inc: { administratorsSequence: 1 } };
      await Organisation.collection.updateOne({ _id }, counted, { session: transaction });
      return readAdministrators(User, transaction, organisationId);
    },
    async write(transaction, users) {
      if (users.length === 0) return [];
      const at = new Date();
      const made: StoredAccount[] = [];
      await User.collection.bulkWrite(
        users.map((user) => {
          const { id, organisationId, email, name, designation, roles, active } = user;
          const given = { name, designation, roles: [...roles], active, ...userKeys(user), updatedAt: at };
          if (id) {
            return { updateOne: { filter: { _id: new Types.ObjectId(id) }, update: { $set: given } } };
          }
          const _id = new Types.ObjectId();
          made.push({ ...user, id: _id.toHexString() });
          const own = { _id, organisationId: new Types.ObjectId(organisationId), email };
          const document = { ...own, ...given, passwordHash: null, createdAt: at };
          return { insertOne: { document } };
        }),
        { session: transaction },
      );
      return made;
    },
  };
}

async function readAdministrators(
  User: Models['User'],
  transaction: Transaction,
  organisationId: string,
): Promise<Set<string>> {
  const group: UserGroup = 'org_admin';
  const own = { organisationId: new Types.ObjectId(organisationId), searchKeys: group };
  const options = { session: transaction, projection: { email: 1 } };
  const found = await User.collection.find(own, options).toArray();
  return new Set(found.map(({ email }) => email));
}

/** A dry run's book: shows the users as the import's rows would have left them, and stores none. */
export function dryRunUserBook(models: Models, importId: string): UserBook {
  const { User, DryRunUser } = models;
  const users = userBook(models);
  const ownImport = new Types.ObjectId(importId);
  return {
    async readUsers(transaction, emails) {
      const found = await users.readUsers(transaction, emails);
      const changed = DryRunUser.collection.find(
        { importId: ownImport, email: { $in: [...emails] } },
        { session: transaction },
      );
      for await (const { email, userId, organisationId, name, roles, designation, active } of changed) {
        const id = userId?.toHexString() ?? null;
        found.set(email, {
          ...{ id, organisationId: organisationId.toHexString(), email },
          ...{ name, roles, designation, active },
        });
      }
      return found;
    },
    async holdAdministrators(transaction, organisationId) {
      const administrators = await readAdministrators(User, transaction, organisationId);
      const role: Role = 'org_admin';
      const changed = DryRunUser.collection.find<DryRunUserDocument>(
        { importId: ownImport, $or: [{ email: { $in: [...administrators] } }, { roles: role }] },
        { session: transaction, projection: { email: 1, roles: 1, active: 1 } },
      );
      for await (const user of changed) {
        if (administers(user)) administrators.add(user.email);
        else administrators.delete(user.email);
      }
      return administrators;
    },
    async write(transaction, changed) {
      if (changed.length === 0) return [];
      const filter = { importId: ownImport, email: { $in: changed.map(({ email }) => email) } };
      await DryRunUser.collection.deleteMany(filter, { session: transaction });
      await DryRunUser.collection.insertMany(
        changed.map(({ id, organisationId, email, name, roles, designation, active }) => ({
          ...{ _id: new Types.ObjectId(), importId: ownImport, userId: id ? new Types.ObjectId(id) : null },
          ...{ organisationId: new Types.ObjectId(organisationId), email, name, roles },
          ...{ designation, active },
        })),
        { session: transaction },
      );
      return [];
    },
  };
}
