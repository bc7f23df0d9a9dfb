import { hashSecretToken } from '@mentorline/runtime';
import type { RowResult, Store } from '@mentorline/store';
import { acceptFile, type Fixtures, setup } from '@mentorline/testkit';
import t from 'tap';
import { resultsOf, work, workerDeps } from './run-file.ts';

async function importUsers(
  fixtures: Fixtures,
  lines: readonly string[],
  mode: 'apply' | 'check' = 'apply',
  env: NodeJS.ProcessEnv = {},
) {
  const file = Buffer.from(['Name,Email,Roles,Designation', ...lines].join('\n'));
  const { id } = await acceptFile(fixtures, file, new Date(), { kind: 'users', mode });
  const ended = await work(workerDeps(fixtures.store, env), id);
  return { ended, results: await resultsOf(fixtures.store, ended) };
}

const statuses = (results: readonly RowResult[]): string[] => results.map(({ status }) => status);

t.test('users are created, changed, left alone or refused, row by row', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  const lines = [
    'Kavya Iyer,Kavya.Iyer@example.org,"Mentor, Session Manager",Principal',
    'Kavya Iyer,kavya.iyer@example.org,Mentor; session_manager,Principal',
    'Kavya S. Iyer,kavya.iyer@example.org,,-',
    ',nobody.yet@example.org,Mentee,',
    'No Address,,Mentee,',
    'Ola Nordmann,ola@example.org,Emperor,',
  ];
  const check = await importUsers(fixtures, lines, 'check');
  t.equal(await store.users.findUserByEmail('kavya.iyer@example.org'), undefined, 'a check stores nobody');
  const { ended, results } = await importUsers(fixtures, lines);
  t.same(statuses(results), ['Created', 'Unchanged', 'Updated', 'Invalid', 'Invalid', 'Invalid']);
  t.same(statuses(check.results), statuses(results));
  t.match(ended.rows, { created: 1, updated: 1, unchanged: 1, invalid: 3 });
  t.same(
    results.map(({ errors }) => errors.map(({ code, column }) => `${code} ${column}`)),
    [[], [], [], ['FIELD_REQUIRED Name'], ['FIELD_REQUIRED Email'], ['FIELD_INVALID Roles']],
  );
  t.match(await store.users.findUserByEmail('kavya.iyer@example.org'), {
    ...{ name: 'Kavya S. Iyer', designation: null, roles: ['mentor', 'session_manager'], active: true },
    ...{ organisationId: organisation.id, passwordHash: null },
  });
});

t.test('people of other organisations stay as they are', async (t) => {
  const fixtures = await setup(t);
  const { store, otherOrganisation } = fixtures;
  const email = 'guest@other.example.net';
  const guest = { organisationId: otherOrganisation.id, email, name: 'Guest', roles: ['mentee' as const] };
  await store.users.createUser(guest);
  const { results } = await importUsers(fixtures, [`Mine now,${email},Mentor,`]);
  t.match(results, [{ status: 'Invalid', errors: [{ code: 'EMAIL_TAKEN' }] }]);
  t.match(await store.users.findUserByEmail(email), guest);
});

t.test('many rows of many people, in small chunks, come to what the rows say last', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const lines = Array.from(
    { length: 600 },
    (_, n) => `Person ${n},person${n % 100}@example.org,Mentee,Class ${n}`,
  );
  const { ended } = await importUsers(fixtures, lines, 'apply', { IMPORT_CHUNK_ROWS: '7' });
  t.match(ended.rows, { created: 100, updated: 500 });
  for (const n of [0, 41, 99]) {
    const last = 500 + n;
    t.match(await store.users.findUserByEmail(`person${n}@example.org`), {
      ...{ name: `Person ${last}`, designation: `Class ${last}` },
    });
  }
});

const mailsOf = ({ store }: Fixtures) =>
  store.connection.collection('mails').find({ kind: 'invitation' }).sort({ _id: 1 }).toArray();

t.test('who is new is invited by mail, once, with a link that sets the first password', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation, users } = fixtures;
  const lines = [
    'Kavya Iyer,kavya.iyer@example.org,Mentor,',
    'Kavya S. Iyer,kavya.iyer@example.org,,',
    'Asha R. Rao,asha.rao@example.org,Mentor,',
    'Ola Nordmann,ola@example.org,Emperor,',
    ...Array.from({ length: 20 }, (_, n) => `Person ${n},person${n}@example.org,Mentee,`),
  ];
  await importUsers(fixtures, lines, 'check');
  t.same(await mailsOf(fixtures), [], 'a check invites nobody');
  await importUsers(fixtures, lines, 'apply', { IMPORT_CHUNK_ROWS: '7', MAIL_DOMAIN: 'mail.example.org' });
  await importUsers(fixtures, lines, 'apply', { IMPORT_CHUNK_ROWS: '7' });
  const mails = await mailsOf(fixtures);
  t.same(
    mails.map(({ to }) => to.address),
    ['kavya.iyer@example.org', ...Array.from({ length: 20 }, (_, n) => `person${n}@example.org`)],
  );
  t.match(mails[0], {
    ...{ status: 'pending', to: { name: 'Kavya S. Iyer' } },
    ...{ messageId: /^<invitation\.[0-9a-f]{24}@mail\.example\.org>$/ },
    letterhead: { organisationName: organisation.name },
    account: {
      invitedBy: users.get('manager@example.org')!.name,
      timeZone: organisation.settings.timeZone,
    },
  });
  const kavya = (await store.users.findUserByEmail('kavya.iyer@example.org'))!;
  const taken = await store.transaction((transaction) =>
    store.accountLinks.takeLink(transaction, hashSecretToken(mails[0]!.account.token), new Date()),
  );
  t.same(taken, { userId: kavya.id, purpose: 'invitation' });
});

t.test('a chunk that has to be tried again invites nobody twice', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  let failures = 0;
  const failing: Store = {
    ...store,
    results: {
      ...store.results,
      async insertResults(...given) {
        failures += 1;
        if (failures <= 2) throw new Error('after everything else was written');
        return store.results.insertResults(...given);
      },
    },
  };
  const file = Buffer.from('Name,Email,Roles\nKavya Iyer,kavya.iyer@example.org,Mentor\n');
  const { id } = await acceptFile(fixtures, file, new Date(), { kind: 'users' });
  await work(workerDeps(failing), id);
  t.ok(failures > 2);
  t.match((await store.imports.findImport(id))!.rows, { created: 1 });
  t.equal((await mailsOf(fixtures)).length, 1);
});

const ADMIN = 'admin@example.org';

t.test('the last administrator keeps the role; of several the row that comes last is refused', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const lines = [
    `,${ADMIN},Mentor,`,
    'Second,second@example.org,"Mentor, Org Admin",',
    'Third,third@example.org,Org Admin,',
    `,${ADMIN},Mentor,`,
    ',third@example.org,Mentee,',
    ',second@example.org,Mentee,',
    ',third@example.org,Org Admin,',
    ',second@example.org,Mentee,',
  ];
  const expected = [
    ...['Invalid', 'Created', 'Created', 'Updated', 'Updated', 'Invalid', 'Updated', 'Updated'],
  ];
  for (const [mode, chunkRows] of [
    ['check', '1'],
    ['check', '500'],
    ['apply', '1'],
  ] as const) {
    const { results } = await importUsers(fixtures, lines, mode, { IMPORT_CHUNK_ROWS: chunkRows });
    t.same(statuses(results), expected, `${mode}, ${chunkRows} rows a chunk`);
    t.match(results[0]!.errors, [{ code: 'LAST_ADMIN', column: 'Roles', value: 'mentor' }]);
  }
  t.match(await store.users.findUserByEmail('third@example.org'), { roles: ['org_admin'] });
});

t.test('a file and an administrator who take the role from each other leave one', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  for (let round = 0; round < 5; round += 1) {
    const email = `second${round}@example.org`;
    const roles = ['org_admin' as const];
    await store.users.createUser({ organisationId: organisation.id, email, name: 'Second', roles });
    const takeByHand = () =>
      store.transaction(async (transaction) => {
        const account = (await store.users.readAccounts(transaction, [email])).get(email)!;
        const administrators = await store.users.holdAdministrators(transaction, organisation.id);
        if (administrators.size > 1)
          await store.users.writeAccounts(transaction, [{ ...account, roles: [] }]);
      });
    await Promise.all([importUsers(fixtures, [`,${ADMIN},Mentor,`]), takeByHand()]);
    const left = (await store.users.listUsers(organisation.id)).filter((user) =>
      user.roles.includes('org_admin'),
    );
    t.equal(left.length, 1);
    await store.users.setRoles(left[0]!.id, ['mentor']);
    await store.users.setRoles((await store.users.findUserByEmail(ADMIN))!.id, ['org_admin']);
  }
});
