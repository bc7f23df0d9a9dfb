import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_SETTINGS, type Person, type Role } from '@mentorline/domain';
import { Types } from 'mongoose';
import { isId } from './ids.ts';
import type { Models } from './models.ts';
import type { Organisation, OrganisationStore } from './organisation.store.ts';
import { findAtOnce } from './read-at-once.ts';
import { readTogether } from './read-together.ts';
import type { Transaction } from './transaction.ts';
import type { UserDocument } from './user.model.ts';
import { userKeys } from './user-keys.ts';

export interface User {
  id: string;
  organisationId: string;
  email: string;
  name: string;
  designation: string | null;
  roles: Role[];
  passwordHash: string | null;
  credentialsVersion: number;
  active: boolean;
  /** See `keepPeople`. */
  kept: boolean;
}

/** A person whom a session may come to name. */
export type FoundPerson = Person & Pick<User, 'kept'>;

export function userFrom(document: UserDocument): User {
  const { _id, organisationId, email, name, designation, roles, passwordHash, active } = document;
  const { credentialsVersion = 0, kept = false } = document;
  return {
    id: _id.toHexString(),
    organisationId: organisationId.toHexString(),
    email,
    name,
    designation,
    roles,
    passwordHash,
    credentialsVersion,
    active,
    kept,
  };
}

function personFrom(
  { id, organisationId, email, name, roles, kept }: User,
  slotGapMinutes = DEFAULT_SETTINGS.slotGapMinutes,
): FoundPerson {
  return { id, email, name, roles, organisationId, slotGapMinutes, kept };
}

/** What only lists are read by is most of a user. */
export const WITHOUT_KEYS = { searchKeys: 0, nameKey: 0 };

export function userStore({ User }: Models, organisations: Pick<OrganisationStore, 'findOrganisations'>) {
  /** By id or by address, whichever was asked for; what is neither names nobody. */
  const findTogether = readTogether(async (references) => {
    const ids = references.filter(isId).map((id) => new Types.ObjectId(id));
    const emails = references.filter((reference) => reference.includes('@'));
    const ways = [
      ...(ids.length > 0 ? [{ _id: { $in: ids } }] : []),
      ...(emails.length > 0 ? [{ email: { $in: emails } }] : []),
    ];
    const found = new Map<string, User>();
    if (ways.length === 0) return found;
    // Two index look-ups by identity, where both are asked for.
    const filter = ways.length === 1 ? ways[0]! : { $or: ways };
    for (const document of await findAtOnce<UserDocument>(User, filter, WITHOUT_KEYS)) {
      const user = userFrom(document);
      found.set(user.id, user).set(user.email, user);
    }
    return found;
  });

  const slotGapsOf = async (organisationIds: readonly string[]): Promise<Map<string, number>> => {
    const found = await organisations.findOrganisations(organisationIds);
    return new Map([...found].map(([id, { settings }]) => [id, settings.slotGapMinutes]));
  };

  return {
    /** @throws a duplicate-key error when the e-mail address has an account already (see `isDuplicateKey`) */
    async createUser(
      input: {
        organisationId: string;
        email: string;
        name: string;
        roles: readonly Role[];
        designation?: string | null;
        passwordHash?: string | null;
      },
      transaction?: Transaction,
    ): Promise<User> {
      const user = {
        ...input,
        roles: [...input.roles],
        email: input.email.trim().toLowerCase(),
        designation: input.designation ?? null,
        passwordHash: input.passwordHash ?? null,
        active: true,
      };
      const document = new User({ ...user, ...userKeys(user) });
      await document.save(transaction ? { session: transaction } : {});
      return userFrom(document.toObject());
    },

    /** Makes many users without passwords at once. */
    async createUsers(
      people: readonly Pick<User, 'organisationId' | 'email' | 'name' | 'roles'>[],
    ): Promise<void> {
      await User.insertMany(
        people.map((person) => {
          const user = { ...person, email: person.email.toLowerCase(), designation: null, active: true };
          return { ...user, ...userKeys(user) };
        }),
      );
    },

    async findUserByEmail(email: string, transaction?: Transaction): Promise<User | undefined> {
      const document = await User.collection.findOne<UserDocument>(
        { email: email.trim().toLowerCase() },
        transaction ? { session: transaction } : {},
      );
      return document ? userFrom(document) : undefined;
    },

    async findUser(id: string): Promise<User | undefined> {
      return (await findTogether([id])).get(id);
    },

    /** Every user of the deployment, or of one organisation, by name. */
    async listUsers(organisationId?: string): Promise<User[]> {
      const documents = await User.find(organisationId ? { organisationId } : {})
        .sort({ organisationId: 1, nameKey: 1, _id: 1 })
        .lean();
      return documents.map(userFrom);
    },

    /** By id, as far as found. */
    findUsers: (ids: readonly string[]): Promise<Map<string, User>> => findTogether(ids),

    /**
     * Access tokens from before are worth nothing afterwards.
     * @returns the user with it; undefined when there is none, or not an active one
     */
    async setPassword(
      id: string,
      passwordHash: string,
      transaction?: Transaction,
    ): Promise<User | undefined> {
      const document = await User.findOneAndUpdate(
        { _id: id, active: true },
        { $set: { passwordHash }, $inc: { credentialsVersion: 1 } },
        { returnDocument: 'after', ...(transaction ? { session: transaction } : {}) },
      ).lean();
      return document ? userFrom(document) : undefined;
    },

    /**
     * Notes a sign-in. It writes to the user, so of a sign-in and a change of what it went by only one comes first.
     * @returns false when that has changed meanwhile
     */
    async noteSignIn(
      transaction: Transaction,
      { id, credentialsVersion }: Pick<User, 'id' | 'credentialsVersion'>,
      at: Date,
    ): Promise<boolean> {
      const noted = await User.updateOne(
        {
          _id: id,
          active: true,
          credentialsVersion: credentialsVersion === 0 ? { $in: [0, null] } : credentialsVersion,
        },
        { $set: { lastSignInAt: at } },
        { session: transaction, timestamps: false },
      );
      return noted.matchedCount === 1;
    },

    /** @returns whether that changes anything */
    async setRoles(id: string, roles: readonly Role[], transaction?: Transaction): Promise<boolean> {
      const within = transaction ? { session: transaction } : {};
      const user = await User.findById(id, null, within).lean();
      if (!user || isDeepStrictEqual([...user.roles].sort(), [...roles].sort())) return false;
      const changed = { ...user, roles: [...roles] };
      await User.updateOne({ _id: id }, { $set: { roles, ...userKeys(changed) } }, within);
      return true;
    },

    /** The people behind ids, by id, whoever can see them and active or not. */
    async findPeopleById(ids: readonly string[]): Promise<Map<string, Person>> {
      const users = await findTogether(ids);
      const gaps = await slotGapsOf([...users.values()].map(({ organisationId }) => organisationId));
      return new Map([...users].map(([id, user]) => [id, personFrom(user, gaps.get(user.organisationId))]));
    },

    /**
     * The people behind ids or e-mail addresses whom the organisation can see, active ones only.
     * @returns each under its id and its address, as far as found
     */
    async findPeople(
      organisation: Pick<Organisation, 'id' | 'relatedOrganisations'>,
      references: Iterable<string>,
    ): Promise<Map<string, FoundPerson>> {
      const [users, gaps] = await Promise.all([
        findTogether([...new Set(references)]),
        slotGapsOf([organisation.id, ...organisation.relatedOrganisations]),
      ]);
      const people = new Map<string, FoundPerson>();
      // Found by identity; visibility is checked on what that brings.
      for (const user of users.values()) {
        const slotGapMinutes = gaps.get(user.organisationId);
        if (!user.active || slotGapMinutes === undefined) continue;
        const person = personFrom(user, slotGapMinutes);
        people.set(person.id, person).set(person.email, person);
      }
      return people;
    },

    /**
     * Keeps people from being deleted from now on. Whoever lets a session name them calls it after having looked them
     * up and before the transaction that stores the session.
     *
     * Without it a deletion finds no session of the user, and the session the user still there, in snapshots of the same
     * moment: neither writes what the other reads, so both would be committed. Both write the user's document now: of the
     * two the deletion comes later and sees the mark, or this one comes later and finds nobody. The mark is never taken
     * away, as nobody can tell when the last session that counts on it is stored; so it is written once in a user's
     * life, and costs nothing where it stands.
     * @returns false when one of them has been deleted since
     */
    async keepPeople(people: Iterable<Pick<FoundPerson, 'id' | 'kept'>>): Promise<boolean> {
      const ids = new Set([...people].flatMap(({ id, kept }) => (kept ? [] : [id])));
      if (ids.size === 0) return true;
      const filter = { _id: { $in: [...ids].map((id) => new Types.ObjectId(id)) } };
      const marked = await User.collection.updateMany(filter, { $set: { kept: true } });
      return marked.matchedCount === ids.size;
    },
  };
}
