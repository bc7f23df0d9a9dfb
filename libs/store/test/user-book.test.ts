import type { UserAccount } from '@mentorline/domain';
import t from 'tap';
import { type ImportMode, isDuplicateKey, newId, type Store, type UserBook } from '../src/index.ts';
import { openStore } from './open-store.ts';

const MODES: readonly ImportMode[] = ['apply', 'check'];

function account(given: Partial<UserAccount> = {}): UserAccount {
  return {
    id: null,
    organisationId: newId(),
    email: 'asha@example.org',
    name: 'Asha Rao',
    roles: ['mentor'],
    designation: null,
    active: true,
    ...given,
  };
}

function read(store: Store, book: UserBook, ...emails: string[]): Promise<Map<string, UserAccount>> {
  return store.transaction((transaction) => book.readUsers(transaction, emails));
}

function write(store: Store, book: UserBook, ...users: UserAccount[]): Promise<UserAccount[]> {
  return store.transaction((transaction) => book.write(transaction, users));
}

for (const mode of MODES) {
  t.test(`${mode}: a user who exists is found by address, of whatever organisation`, async (t) => {
    const store = await openStore(t);
    const book = store.userBook(mode, newId());
    const { id, organisationId } = await store.users.createUser({
      ...account({ designation: 'Head' }),
      organisationId: newId(),
    });
    const found = await read(store, book, 'asha@example.org', 'nobody@example.org');
    t.same([...found], [['asha@example.org', account({ id, organisationId, designation: 'Head' })]]);
    t.equal((await read(store, book)).size, 0);
  });

  t.test(`${mode}: a user whom a row has created or changed is found so by the rows after it`, async (t) => {
    const store = await openStore(t);
    const book = store.userBook(mode, newId());
    const organisationId = newId();
    const existing = await store.users.createUser({
      ...account({ email: 'lena@example.org' }),
      organisationId,
    });
    const { id } = existing;
    const changed = account({ id, organisationId, email: 'lena@example.org', name: 'Lena Vogt' });
    await write(store, book, account({ organisationId }), changed);

    const emails = ['asha@example.org', 'lena@example.org'] as const;
    const first = await read(store, book, ...emails);
    t.match(first.get(emails[0]), { organisationId, name: 'Asha Rao', roles: ['mentor'], designation: null });
    t.same(first.get(emails[1]), changed);

    const again = { ...first.get(emails[0])!, name: 'Asha R. Rao', roles: ['mentor', 'mentee'] as const };
    await write(store, book, again, { ...changed, designation: 'Head' });
    const second = await read(store, book, ...emails);
    t.same(second.get(emails[0]), again);
    t.same(second.get(emails[1]), { ...changed, designation: 'Head' });
  });

  t.test(`${mode}: who administers the organisation is told as the rows have left it`, async (t) => {
    const store = await openStore(t);
    const { id: organisationId } = await store.organisations.createOrganisation({ name: 'Example Schools' });
    const book = store.userBook(mode, newId());
    const roles = ['org_admin'] as const;
    for (const name of ['first', 'second']) {
      await store.users.createUser({ organisationId, email: `${name}@example.org`, name, roles });
    }
    await store.users.createUser({
      ...account({ email: 'other@example.org' }),
      organisationId: newId(),
      roles,
    });
    const held = () =>
      store.transaction(async (transaction) => [
        ...(await book.holdAdministrators(transaction, organisationId)),
      ]);
    t.same((await held()).sort(), ['first@example.org', 'second@example.org']);
    const first = (await read(store, book, 'first@example.org')).get('first@example.org')!;
    await write(
      store,
      book,
      { ...first, roles: ['mentor'] },
      account({ organisationId, email: 'third@example.org', roles }),
      account({ organisationId, email: 'away@example.org', roles, active: false }),
      account({ organisationId }),
    );
    t.same((await held()).sort(), ['second@example.org', 'third@example.org']);
  });

  t.test(`${mode}: what a transaction that rolled back has left is not seen`, async (t) => {
    const store = await openStore(t);
    const book = store.userBook(mode, newId());
    await t.rejects(
      store.transaction(async (transaction) => {
        await book.write(transaction, [account()]);
        throw new Error('the checkpoint has moved');
      }),
      { message: 'the checkpoint has moved' },
    );
    t.equal((await read(store, book, 'asha@example.org')).size, 0);
  });

  t.test(`${mode}: nothing to write is written without harm`, async (t) => {
    const store = await openStore(t);
    await write(store, store.userBook(mode, newId()));
    t.same(await store.users.listUsers(), []);
  });
}

t.test('an import stores users, who keep what a file says nothing of', async (t) => {
  const store = await openStore(t);
  const { users } = store;
  const book = store.userBook('apply', newId());
  const organisationId = newId();
  const { id } = await users.createUser({ ...account(), organisationId, passwordHash: 'scrypt$…' });
  const made = await write(
    store,
    book,
    account({ id, organisationId, name: 'Asha R. Rao', roles: ['mentee'], designation: 'Head' }),
    account({ organisationId, email: 'lena@example.org', name: 'Lena Vogt' }),
  );
  t.match(await users.findUser(id), {
    name: 'Asha R. Rao',
    roles: ['mentee'],
    designation: 'Head',
    passwordHash: 'scrypt$…',
    active: true,
  });
  t.match(await users.findUserByEmail('lena@example.org'), {
    organisationId,
    name: 'Lena Vogt',
    passwordHash: null,
    active: true,
  });
  const lena = await users.findUserByEmail('lena@example.org');
  t.match(made, [{ id: lena?.id, email: 'lena@example.org', name: 'Lena Vogt' }], 'who is new is told');
  t.equal(made.length, 1);
});

t.test(
  'an address that somebody else has given an account meanwhile is refused, with its chunk',
  async (t) => {
    const store = await openStore(t);
    const book = store.userBook('apply', newId());
    const { id } = await store.users.createUser(account());
    const late = await write(store, book, account({ email: 'lena@example.org' }), account()).catch(
      (error: unknown) => error,
    );
    t.ok(isDuplicateKey(late));
    t.same(
      (await store.users.listUsers()).map((user) => user.id),
      [id],
    );
  },
);

t.test('a check stores no users, is seen by nobody else, and can be forgotten', async (t) => {
  const store = await openStore(t);
  const [importId, otherId] = [newId(), newId()];
  const { id, organisationId } = await store.users.createUser(account());
  const changed = account({ id, organisationId, name: 'Asha R. Rao' });
  const created = account({ email: 'lena@example.org' });
  for (const check of [importId, otherId])
    t.same(await write(store, store.userBook('check', check), changed, created), []);
  t.match(await store.users.listUsers(), [{ id, name: 'Asha Rao' }]);

  const emails = [changed.email, created.email];
  const names = async (book: UserBook) =>
    [...(await read(store, book, ...emails)).values()].map(({ name }) => name);
  t.same(await names(store.userBook('apply', importId)), ['Asha Rao']);
  t.same(await names(store.userBook('check', newId())), ['Asha Rao']);
  await store.forgetDryRun(importId);
  await store.forgetDryRun(importId);
  t.same(await names(store.userBook('check', importId)), ['Asha Rao']);
  t.same(await names(store.userBook('check', otherId)), ['Asha R. Rao', 'Asha Rao'], 'only its own is gone');
  await store.forgetDryRun(otherId);
  t.equal(await store.connection.collection('dryRunUsers').countDocuments(), 0);
});
