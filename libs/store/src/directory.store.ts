import { foldText, type Role } from '@mentorline/domain';
import { Types } from 'mongoose';
import { BOUNDED, boundedRead } from './bounded-read.ts';
import type { Models } from './models.ts';
import { pastBeginning } from './past-beginning.ts';
import { leadByFirst, rarestFirst } from './rarest-first.ts';
import { readCounted, type Total } from './total.ts';
import type { Transaction } from './transaction.ts';
import type { UserDocument } from './user.model.ts';
import { type User, userFrom, WITHOUT_KEYS } from './user.store.ts';
import { userBook } from './user-book.ts';
import { beginningKey, designationKey, type UserGroup } from './user-keys.ts';

export interface UserQuery {
  organisationIds: readonly string[];
  /** Active users only, or only the others; of these no role is asked for. */
  active: boolean;
  role?: Role;
  /** Folded, see `searchWords`: with each a word of name or address begins. */
  words: readonly string[];
  /** In any case. */
  designation?: string;
  direction: 1 | -1;
  after?: { name: string; id: string };
  limit: number;
}

/** A place in the order of a list of users. */
export interface UserPlace {
  name: string;
  id: string;
}

export function directoryStore(models: Models) {
  const { User, Session } = models;
  const book = userBook(models);
  const rarestUsersFirst = rarestFirst(User, 'nameKey');

  /** All that a query asks for but its place in the order, one alternative for each stretch of the order of names. */
  const waysOf = async (query: Omit<UserQuery, 'after'>): Promise<object[][]> => {
    const { organisationIds, active, role, words, designation } = query;
    const group: UserGroup = active ? (role ?? 'all') : 'inactive';
    const within = { organisationId: { $in: organisationIds.map((id) => new Types.ObjectId(id)) } };
    const byKeys = (...keys: readonly string[]): object[] => [
      within,
      ...leadByFirst(keys.map((key) => [key])),
    ];
    const keyOf = (word: string): string => beginningKey(group, word);
    const designations = designation === undefined ? [] : [designationKey(group, designation)];
    const keys = [...words.map(keyOf), ...designations];
    if (keys.length < 2) return [byKeys(keys[0] ?? group)];
    // Those whose names begin with a word stand together: to find them by it, all before them would have to be looked at.
    const elsewhere = (word: string): object[] => [
      { nameKey: { $lt: word } },
      { nameKey: { $gte: pastBeginning(word) } },
    ];
    const leads = [
      ...words.map((word) => ({
        ...{ word, key: keyOf(word) },
        where: { $or: elsewhere(word).map((place) => ({ $and: [...byKeys(keyOf(word)), place] })) },
      })),
      ...designations.map((key) => ({ word: undefined, key, where: { $and: byKeys(key) } })),
    ];
    const [[lead], rarest] = await Promise.all([
      rarestUsersFirst(leads, ({ where }) => where),
      rarestUsersFirst(keys, (key) => ({ $and: byKeys(key) })),
    ]);
    const { word, key } = lead!;
    const others = rarest.filter((other) => other !== key);
    const led = byKeys(key, ...others);
    if (word === undefined) return [led];
    return [
      [...byKeys(...others, key), { nameKey: { $gte: word, $lt: pastBeginning(word) } }],
      ...elsewhere(word).map((place) => [...led, place]),
    ];
  };

  const readPage = async (
    ways: readonly object[][],
    { direction, after, limit }: UserQuery,
  ): Promise<UserDocument[]> => {
    const [from, before] = direction === 1 ? ['$gte', '$lte'] : ['$lte', '$gte'];
    const conditions = after
      ? [
          { nameKey: { [from]: after.name } },
          // Not as alternatives, which would each be read by itself, and all be sorted.
          { $nor: [{ nameKey: after.name, _id: { [before]: new Types.ObjectId(after.id) } }] },
        ]
      : [];
    return boundedRead(
      User.collection
        .find<UserDocument>(anyOf(ways.map((way) => [...way, ...conditions])), {
          projection: WITHOUT_KEYS,
          ...BOUNDED,
        })
        .sort({ nameKey: direction, _id: direction })
        .limit(limit)
        .toArray(),
    );
  };

  return {
    /** The first page in order of name, and the number of all that match. */
    async listDirectory(query: Omit<UserQuery, 'after'>): Promise<{ items: User[]; total: Total }> {
      const { limit, words, designation } = query;
      const ways = await waysOf(query);
      const conditions = words.length + (designation === undefined ? 0 : 1);
      const page = readPage(ways, query).then((documents) => documents.map(userFrom));
      return readCounted(page, User.collection, anyOf(ways), {
        limit,
        // One key tells all that one condition asks for, and the index counts it as it counts the whole list.
        conditions: conditions > 1 ? conditions : 0,
      });
    },

    /** A page in order of name. */
    async readDirectoryPage(query: UserQuery): Promise<User[]> {
      return (await readPage(await waysOf(query), query)).map(userFrom);
    },

    /** Where a user stands in a list. */
    placeOf({ id, name }: Pick<User, 'id' | 'name'>): UserPlace {
      return { name: foldText(name), id };
    },

    /** Users as the rules for changing them see them, by address, of whatever organisation. */
    readAccounts: book.readUsers,

    /** @throws a duplicate-key error when somebody else has given an address an account meanwhile */
    writeAccounts: book.write,

    /** A user of the organisation. */
    async findOwnUser(
      organisationId: string,
      id: string,
      transaction?: Transaction,
    ): Promise<User | undefined> {
      const own = { _id: new Types.ObjectId(id), organisationId: new Types.ObjectId(organisationId) };
      const found = await User.collection.findOne<UserDocument>(
        own,
        transaction ? { session: transaction } : {},
      );
      return found ? userFrom(found) : undefined;
    },

    holdAdministrators: book.holdAdministrators,

    /** Whether any session, cancelled ones too, has the user as its mentor or among its mentees. */
    async hasSessions(transaction: Transaction, id: string): Promise<boolean> {
      const userId = new Types.ObjectId(id);
      const options = { session: transaction, projection: { _id: 1 } };
      return (
        (await Session.collection.findOne({ mentorId: userId }, options)) !== null ||
        (await Session.collection.findOne({ 'mentees.userId': userId }, options)) !== null
      );
    },

    /** @returns false for a user who is kept (see `keepPeople`), and still there */
    async removeUser(transaction: Transaction, id: string): Promise<boolean> {
      const free = { _id: new Types.ObjectId(id), kept: { $ne: true } };
      const { deletedCount } = await User.collection.deleteOne(free, { session: transaction });
      return deletedCount === 1;
    },
  };
}

function anyOf(ways: readonly object[][]): object {
  const [first, ...others] = ways.map((way) => ({ $and: way }));
  return others.length === 0 ? first! : { $or: [first, ...others] };
}
