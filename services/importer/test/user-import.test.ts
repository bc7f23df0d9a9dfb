import type { RowResult } from '@mentorline/store';
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

t.test(
  'many rows of many people, in small chunks side by side, come to what the rows say last',
  async (t) => {
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
  },
);
