import { DEFAULT_SETTINGS, type Person, type Role } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { Models } from './models.ts';
import type { Organisation } from './organisation.store.ts';
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
}

export function userFrom(document: UserDocument): User {
  const { _id, organisationId, email, name, designation, roles, passwordHash, active } = document;
  const { credentialsVersion = 0 } = document;
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
  };
}

function personFrom(
  { _id, organisationId, email, name, roles }: UserDocument,
  slotGapMinutes = DEFAULT_SETTINGS.slotGapMinutes,
): Person {
  const id = _id.toHexString();
  return { id, email, name, roles, organisationId: organisationId.toHexString(), slotGapMinutes };
}

export function userStore({ User, Organisation }: Models) {
  const slotGapsOf = async (organisationIds: readonly Types.ObjectId[]): Promise<Map<string, number>> => {
    const organisations = await Organisation.find({ _id: { $in: organisationIds } }, { settings: 1 }).lean();
    return new Map(
      organisations.map(({ _id, settings }) => [
        _id.toHexString(),
        settings.slotGapMinutes ?? DEFAULT_SETTINGS.slotGapMinutes,
      ]),
    );
  };

  return {
    /** @throws a duplicate-key error when the e-mail address has an account already (see `isDuplicateKey`) */
    async createUser(input: {
      organisationId: string;
      email: string;
      name: string;
      roles: readonly Role[];
      designation?: string | null;
      passwordHash?: string | null;
    }): Promise<User> {
      const user = {
        ...input,
        roles: [...input.roles],
        email: input.email.trim().toLowerCase(),
        designation: input.designation ?? null,
        passwordHash: input.passwordHash ?? null,
        active: true,
      };
      const document = await User.create({ ...user, ...userKeys(user) });
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
      const document = await User.findById(id).lean();
      return document ? userFrom(document) : undefined;
    },

    /** Every user of the deployment, or of one organisation, by name. */
    async listUsers(organisationId?: string): Promise<User[]> {
      const documents = await User.find(organisationId ? { organisationId } : {})
        .sort({ organisationId: 1, nameKey: 1, _id: 1 })
        .lean();
      return documents.map(userFrom);
    },

    async findUsers(ids: readonly string[]): Promise<Map<string, User>> {
      const documents = await User.find({ _id: { $in: ids } }).lean();
      return new Map(documents.map((document) => [document._id.toHexString(), userFrom(document)]));
    },

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

    async setRoles(id: string, roles: readonly Role[]): Promise<void> {
      const user = await User.findById(id).lean();
      if (!user) return;
      const changed = { ...user, roles: [...roles] };
      await User.updateOne({ _id: id }, { $set: { roles, ...userKeys(changed) } });
    },

    /** The people behind ids, by id, whoever can see them and active or not. */
    async findPeopleById(ids: readonly string[]): Promise<Map<string, Person>> {
      const documents = await User.find({ _id: { $in: ids } }).lean();
      const gaps = await slotGapsOf(documents.map(({ organisationId }) => organisationId));
      return new Map(
        documents.map((document) => {
          const person = personFrom(document, gaps.get(document.organisationId.toHexString()));
          return [person.id, person];
        }),
      );
    },

    /**
     * The people behind ids or e-mail addresses whom the organisation can see, active ones only.
     * @returns each under its id and its address, as far as found
     */
    async findPeople(
      organisation: Pick<Organisation, 'id' | 'relatedOrganisations'>,
      references: Iterable<string>,
    ): Promise<Map<string, Person>> {
      const ids: Types.ObjectId[] = [];
      const emails: string[] = [];
      for (const reference of new Set(references)) {
        if (reference.includes('@')) emails.push(reference);
        else if (Types.ObjectId.isValid(reference)) ids.push(new Types.ObjectId(reference));
      }
      if (ids.length + emails.length === 0) return new Map();
      const visible = [organisation.id, ...organisation.relatedOrganisations].map(
        (id) => new Types.ObjectId(id),
      );
      const [documents, gaps] = await Promise.all([
        // Two index look-ups by identity; visibility is checked on what they bring.
        User.find({ $or: [{ email: { $in: emails } }, { _id: { $in: ids } }] }).lean(),
        slotGapsOf(visible),
      ]);
      const people = new Map<string, Person>();
      for (const document of documents) {
        const slotGapMinutes = gaps.get(document.organisationId.toHexString());
        if (!document.active || slotGapMinutes === undefined) continue;
        const person = personFrom(document, slotGapMinutes);
        people.set(person.id, person).set(person.email, person);
      }
      return people;
    },
  };
}
