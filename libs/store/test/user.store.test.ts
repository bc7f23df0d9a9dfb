import type { Role } from '@mentorline/domain';
import t from 'tap';
import { isDuplicateKey, newId, type Organisation, type Store, type User } from '../src/index.ts';
import { openStore } from './open-store.ts';

function addUser(
  store: Store,
  organisationId: string,
  email: string,
  roles: Role[] = ['mentor'],
): Promise<User> {
  return store.users.createUser({ organisationId, email, name: email.split('@')[0]!, roles });
}

async function twoOrganisations(store: Store): Promise<[Organisation, Organisation]> {
  const one = await store.organisations.createOrganisation({ name: 'Example Schools' });
  const other = await store.organisations.createOrganisation({
    name: 'Other Academy',
    settings: { slotGapMinutes: 15 },
  });
  return [one, other];
}

t.test('an e-mail address has one account, in whatever case it is written', async (t) => {
  const store = await openStore(t);
  const user = await addUser(store, newId(), '  Asha.Rao@Example.org ');
  t.equal(user.email, 'asha.rao@example.org');
  const again = await addUser(store, newId(), 'ASHA.RAO@example.org').catch((error: unknown) => error);
  t.ok(isDuplicateKey(again));
  t.same(await store.users.findUserByEmail(' asha.RAO@example.org'), user);
  t.same(await store.users.findUser(user.id), user);
  t.equal(await store.users.findUserByEmail('nobody@example.org'), undefined);
});

t.test(
  'an organisation sees its own people and those of related ones, each by address and by id',
  async (t) => {
    const store = await openStore(t);
    const [one, other] = await twoOrganisations(store);
    const asha = await addUser(store, one.id, 'asha@example.org');
    const lena = await addUser(store, other.id, 'lena@other.example.net');
    const references = [asha.email, asha.id, lena.email, lena.id, 'nobody@example.org', newId()];

    const alone = await store.users.findPeople(one, references);
    t.same([...alone.keys()].sort(), [asha.email, asha.id].sort());
    t.match(alone.get(asha.email), {
      id: asha.id,
      organisationId: one.id,
      roles: ['mentor'],
      slotGapMinutes: 0,
    });

    await store.organisations.relateOrganisations(one.id, other.id);
    await store.organisations.relateOrganisations(one.id, other.id);
    const related = (await store.organisations.findOrganisation(one.id))!;
    t.same(related.relatedOrganisations, [other.id]);
    const people = await store.users.findPeople(related, references);
    t.same([...people.keys()].sort(), [asha.email, asha.id, lena.email, lena.id].sort());
    t.equal(people.get(lena.id)?.slotGapMinutes, 15, 'the gap is that of the mentor’s own organisation');
    const back = (await store.organisations.findOrganisation(other.id))!;
    t.equal((await store.users.findPeople(back, [asha.email])).size, 2, 'both ways');
  },
);

t.test('people who are no longer active are seen by nobody', async (t) => {
  const store = await openStore(t);
  const [one] = await twoOrganisations(store);
  const { id, email } = await addUser(store, one.id, 'asha@example.org');
  await store.connection.collection('users').updateMany({}, { $set: { active: false } });
  t.equal((await store.users.findPeople(one, [id, email])).size, 0);
});

t.test(
  'those behind known ids are found whoever they are, with the gap of their own organisation',
  async (t) => {
    const store = await openStore(t);
    const [one, other] = await twoOrganisations(store);
    const asha = await addUser(store, one.id, 'asha@example.org');
    await store.connection.collection('users').updateMany({}, { $set: { active: false } });
    const lena = await addUser(store, other.id, 'lena@other.example.net', ['mentee']);
    const found = await store.users.findPeopleById([asha.id, lena.id, newId()]);
    t.same([...found.keys()].sort(), [asha.id, lena.id].sort());
    t.match(found.get(asha.id), { id: asha.id, email: asha.email, slotGapMinutes: 0, roles: ['mentor'] });
    t.match(found.get(lena.id), { organisationId: other.id, slotGapMinutes: 15, roles: ['mentee'] });
    t.equal((await store.users.findPeopleById([])).size, 0);
  },
);

t.test('who is kept is deleted no more, and who is gone cannot be kept', async (t) => {
  const store = await openStore(t);
  const [one] = await twoOrganisations(store);
  const asha = await addUser(store, one.id, 'asha@example.org');
  const lena = await addUser(store, one.id, 'lena@example.org');
  const remove = (id: string) => store.transaction((transaction) => store.users.removeUser(transaction, id));
  const found = await store.users.findPeople(one, [asha.email, lena.id]);
  t.notOk(found.get(asha.id)?.kept);
  t.equal(await remove(lena.id), true);
  t.equal(await store.users.keepPeople(found.values()), false, 'one of them is gone');
  t.equal(await remove(asha.id), false);
  const again = await store.users.findPeople(one, [asha.email, lena.id]);
  t.match([...again.values()], [{ id: asha.id, kept: true }, { id: asha.id }]);
  t.equal(await store.users.keepPeople(again.values()), true);
  t.equal(await store.users.keepPeople([]), true);
});

t.test('references that can name nobody find nobody', async (t) => {
  const store = await openStore(t);
  const [one] = await twoOrganisations(store);
  await addUser(store, one.id, 'asha@example.org');
  const nonsense = ['', 'asha', 'twelve chars', '@', '{"$ne":null}', 'x'.repeat(300)];
  t.equal((await store.users.findPeople(one, nonsense)).size, 0);
  t.equal((await store.users.findPeople(one, [])).size, 0);
});

t.test('users are listed by organisation and name', async (t) => {
  const store = await openStore(t);
  const [one, other] = await twoOrganisations(store);
  for (const name of ['vikram', 'asha', 'meera']) await addUser(store, one.id, `${name}@example.org`);
  await addUser(store, other.id, 'lena@other.example.net');
  const names = (users: readonly User[]) => users.map(({ name }) => name);
  t.same(names(await store.users.listUsers(one.id)), ['asha', 'meera', 'vikram']);
  t.equal((await store.users.listUsers()).length, 4);
});

t.test('roles and passwords can be changed', async (t) => {
  const store = await openStore(t);
  const { id } = await addUser(store, newId(), 'asha@example.org');
  await store.users.setPassword(id, 'scrypt$…');
  await store.users.setRoles(id, ['mentor', 'org_admin']);
  t.match(await store.users.findUser(id), { passwordHash: 'scrypt$…', roles: ['mentor', 'org_admin'] });
  t.same([...(await store.users.findUsers([id, newId()])).keys()], [id]);
});

t.test('an organisation’s settings follow the defaults where it has set none', async (t) => {
  const store = await openStore(t);
  const [, other] = await twoOrganisations(store);
  t.match(other.settings, { slotGapMinutes: 15, enrolmentLimit: 5, timeZone: 'Asia/Kolkata' });
  t.equal(await store.organisations.findOrganisation(newId()), undefined);
  const names = (await store.organisations.listOrganisations()).map(({ name }) => name);
  t.same(names, ['Example Schools', 'Other Academy']);
});
