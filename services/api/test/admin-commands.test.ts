import { verifyPassword } from '@mentorline/runtime';
import { DEPLOYMENT_ID } from '@mentorline/store';
import { setup } from '@mentorline/testkit';
import t from 'tap';
import { runAdminCommand } from '../src/admin-commands.ts';

const { store, organisation } = await setup(t);

async function run(command: string, ...args: string[]): Promise<string> {
  const lines: string[] = [];
  await runAdminCommand({ store, say: (line) => void lines.push(line) }, command, args);
  return lines.join('\n');
}
const passwordIn = (text: string) => /^Password +(\S+)$/m.exec(text)?.[1] ?? '';
const signsIn = async (email: string, password: string) =>
  verifyPassword(password, (await store.users.findUserByEmail(email))?.passwordHash);

t.test('a new organisation gets an administrator who can sign in with the password shown', async (t) => {
  const said = await run(
    'create-organisation',
    ...['--name', 'New School', '--admin-email', 'Head@new.example.com', '--admin-name', 'Head'],
  );
  const user = await store.users.findUserByEmail('head@new.example.com');
  t.match(user, { name: 'Head', roles: ['org_admin', 'session_manager'], active: true });
  t.equal((await store.organisations.findOrganisation(user!.organisationId))?.name, 'New School');
  t.ok(passwordIn(said).length >= 20);
  t.equal(await signsIn('head@new.example.com', passwordIn(said)), true);
  t.match(await run('list-organisations'), /New School/);
});

t.test('accounts are made, listed, and given roles and passwords', async (t) => {
  const said = await run(
    'create-user',
    ...['--organisation', 'example schools', '--email', 'new@example.org', '--name', 'New Person'],
    ...['--roles', 'mentor, mentee', '--designation', 'Teacher'],
  );
  t.equal(await signsIn('new@example.org', passwordIn(said)), true);
  t.match(await store.users.findUserByEmail('new@example.org'), {
    organisationId: organisation.id,
    roles: ['mentee', 'mentor'],
    designation: 'Teacher',
  });
  const renewed = await run('set-password', '--email', 'new@example.org');
  t.equal(await signsIn('new@example.org', passwordIn(said)), false);
  t.equal(await signsIn('new@example.org', passwordIn(renewed)), true);
  await run('set-roles', '--email', 'new@example.org', '--roles', 'session_manager');
  const listed = await run('list-users', '--organisation', organisation.id);
  t.match(listed, /^new@example\.org {2}New Person {2}session_manager$/m);
  t.notMatch(listed, /other\.example\.net/);
  t.match(await run('list-users'), /other\.example\.net/);
});

t.test('what cannot be done is said in a sentence, and nothing is made', async (t) => {
  const newOrganisation = ['--name', 'Third School', '--admin-name', 'X', '--admin-email'];
  const newUser = ['--email', 'x@example.org', '--name', 'X', '--organisation'];
  const refusals = [
    ['no-such-command', [], /There is no command no-such-command[\s\S]*Usage/],
    ['constructor', [], /There is no command constructor/],
    ['create-organisation', [], /Missing: --name, --admin-email, --admin-name[\s\S]*Usage/],
    ['create-organisation', ['--nam', 'X'], /nam[\s\S]*Usage/],
    ['create-organisation', [...newOrganisation, 'manager@example.org'], /has an account already/],
    ['create-organisation', [...newOrganisation, 'no address'], /not an e-mail address/],
    ['create-user', [...newUser, 'Nowhere', '--roles', 'mentor'], /There is no organisation Nowhere/],
    ['create-user', [...newUser, organisation.id, '--roles', 'king'], /No such role: king/],
    ['set-password', ['--email', 'nobody@example.org'], /There is no account nobody@example\.org/],
  ] as const;
  for (const [command, args, message] of refusals) {
    await t.rejects(run(command, ...args), { message }, `${command} ${args.join(' ')}`);
  }
  t.equal(await store.users.findUserByEmail('x@example.org'), undefined);
  t.notMatch(await run('list-organisations'), /Third School/);
});

t.test(
  'organisations see each other’s people by the word of the operator, until they are parted',
  async (t) => {
    const related = async () =>
      (await store.organisations.findOrganisation(organisation.id))?.relatedOrganisations;
    const two = ['--one', 'Example Schools', '--other', 'Other Academy'];
    t.match(await run('relate-organisations', ...two), /Example Schools and Other Academy/);
    t.equal((await related())?.length, 1);
    await run('part-organisations', ...two);
    t.same(await related(), []);
    await t.rejects(
      run('relate-organisations', '--one', 'Example Schools', '--other', 'example schools'),
      /name two/,
    );
    await t.rejects(
      run('relate-organisations', '--one', 'Example Schools', '--other', 'Nowhere'),
      /no organisation/,
    );
  },
);

t.test('the administrators of an organisation read what was done to it on the command line', async (t) => {
  const { items } = await store.audit.listWrites(organisation.id, { limit: 100 });
  t.ok(items.length > 0);
  const user = (await store.users.findUserByEmail('new@example.org'))!;
  const target = { kind: 'user', id: user.id };
  const told = items.filter(({ target: { id } }) => id === user.id);
  t.match(told, [
    { action: 'user.updated', target, fields: ['roles'], userId: null, address: 'command line' },
    { action: 'account.password-changed', target },
    { action: 'user.created', target },
  ]);
  const other = (await store.organisations.listOrganisations()).find(({ name }) => name === 'New School')!;
  const first = await store.audit.listWrites(other.id, { limit: 100 });
  t.same(
    first.items.map(({ action }) => action),
    ['user.created', 'organisation.created'],
  );
  const before = items.length;
  await run('relate-organisations', '--one', organisation.id, '--other', other.id);
  await run('relate-organisations', '--one', organisation.id, '--other', other.id);
  await run('part-organisations', '--one', organisation.id, '--other', other.id);
  await run('set-roles', '--email', 'new@example.org', '--roles', 'session_manager');
  const after = (await store.audit.listWrites(organisation.id, { limit: 100 })).items;
  t.equal(after.length, before + 2, 'what changes nothing is no write');
  const ofDeployment = await store.audit.listWrites(DEPLOYMENT_ID, { limit: 100 });
  t.match(ofDeployment.items[0], { action: 'organisation.updated' }, 'operators read it, too');
  t.match(after[0], { action: 'organisation.updated', fields: ['relatedOrganisations'] });
});
