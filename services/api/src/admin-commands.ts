import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { isEmail, ROLES, type Role } from '@mentorline/domain';
import { hashPassword } from '@mentorline/runtime';
import {
  isDuplicateKey,
  newId,
  type Organisation,
  type Store,
  type Transaction,
  type User,
} from '@mentorline/store';

export const USAGE = `Usage: npm run admin -- <command> [options]

  create-organisation --name <name> --admin-email <address> --admin-name <name>
  create-user --organisation <id or name> --email <address> --name <name> --roles <role,role> [--designation <text>]
  set-password --email <address>
  set-roles --email <address> --roles <role,role>
  relate-organisations --one <id or name> --other <id or name>
  part-organisations --one <id or name> --other <id or name>
  list-organisations
  list-users [--organisation <id or name>]

Roles: ${ROLES.join(', ')}.
New passwords are made here and printed once. MONGODB_URI says which database.`;

/** The command cannot be carried out; `message` is for the person at the terminal. */
export class AdminError extends Error {}

interface AdminDeps {
  store: Store;
  say: (line: string) => void;
}

type Options = Readonly<Record<string, string>>;

interface Command {
  required: readonly string[];
  optional?: readonly string[];
  run: (deps: AdminDeps, options: Options) => Promise<void>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  'create-organisation': { required: ['name', 'admin-email', 'admin-name'], run: createOrganisation },
  'create-user': {
    required: ['organisation', 'email', 'name', 'roles'],
    optional: ['designation'],
    run: createUser,
  },
  'set-password': { required: ['email'], run: setPassword },
  'set-roles': { required: ['email', 'roles'], run: setRoles },
  'relate-organisations': { required: ['one', 'other'], run: relateOrganisations },
  'part-organisations': { required: ['one', 'other'], run: partOrganisations },
  'list-organisations': { required: [], run: listOrganisations },
  'list-users': { required: [], optional: ['organisation'], run: listUsers },
};

/** @throws AdminError when the command, its options or the state of the database do not allow it */
export async function runAdminCommand(deps: AdminDeps, name: string, args: readonly string[]): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new AdminError(`There is no command ${name}.\n\n${USAGE}`);
  await command.run(deps, readOptions(command, args));
}

function readOptions({ required, optional = [] }: Command, args: readonly string[]): Options {
  const names = [...required, ...optional];
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    }));
  } catch (error) {
    throw new AdminError(`${(error as Error).message}\n\n${USAGE}`);
  }
  const options = Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, string] => [name, String(value).trim()]),
  );
  const missing = required.filter((name) => !options[name]);
  if (missing.length > 0) {
    throw new AdminError(`Missing: ${missing.map((name) => `--${name}`).join(', ')}\n\n${USAGE}`);
  }
  return options;
}

async function createOrganisation({ store, say }: AdminDeps, options: Options): Promise<void> {
  const { name = '', 'admin-email': email = '', 'admin-name': adminName = '' } = options;
  const known = await store.organisations.listOrganisations();
  if (known.some((organisation) => sameName(organisation, name))) {
    throw new AdminError(`There is an organisation ${name} already.`);
  }
  await refuseTaken(store, email);
  const roles: Role[] = ['org_admin', 'session_manager'];
  const { organisation, user, password } = await store.transaction(async (transaction) => {
    const made = await store.organisations.createOrganisation({ name }, transaction);
    await note(store, transaction, made.id, 'organisation.created', { kind: 'organisation', id: made.id });
    const account = { organisationId: made.id, email, name: adminName, roles };
    return { organisation: made, ...(await addUser(store, transaction, account)) };
  });
  say(`Organisation ${organisation.name} (${organisation.id})`);
  sayAccount(say, user, password);
}

async function createUser({ store, say }: AdminDeps, options: Options): Promise<void> {
  const { organisation: reference = '', email = '', name = '', designation = null } = options;
  const roles = readRoles(options.roles ?? '');
  await refuseTaken(store, email);
  const { id: organisationId } = await findOrganisation(store, reference);
  const { user, password } = await store.transaction((transaction) =>
    addUser(store, transaction, { organisationId, email, name, roles, designation }),
  );
  sayAccount(say, user, password);
}

async function setPassword({ store, say }: AdminDeps, { email = '' }: Options): Promise<void> {
  const user = await findUser(store, email);
  const password = newPassword();
  const passwordHash = await hashPassword(password);
  await store.transaction(async (transaction) => {
    if (!(await store.users.setPassword(user.id, passwordHash, transaction))) {
      throw new AdminError(`${email} is not active.`);
    }
    await store.refreshTokens.endFamiliesOf(transaction, user.id);
    const target = { kind: 'user', id: user.id };
    await note(store, transaction, user.organisationId, 'account.password-changed', target);
  });
  sayAccount(say, user, password);
}

async function setRoles({ store, say }: AdminDeps, options: Options): Promise<void> {
  const roles = readRoles(options.roles ?? '');
  const user = await findUser(store, options.email ?? '');
  await store.transaction(async (transaction) => {
    if (!(await store.users.setRoles(user.id, roles, transaction))) return;
    const target = { kind: 'user', id: user.id };
    await note(store, transaction, user.organisationId, 'user.updated', target, ['roles']);
  });
  say(`${user.email}: ${roles.join(', ')}`);
}

/** Sight of another's people is not an organisation's own to take: whoever runs the deployment gives it, to both. */
async function relateOrganisations({ store, say }: AdminDeps, options: Options): Promise<void> {
  const [one, other] = await findTwo(store, options);
  await store.transaction(async (transaction) => {
    const related = await store.organisations.relateOrganisations(one.id, other.id, transaction);
    if (related) await noteRelation(store, transaction, one, other);
  });
  say(`${one.name} and ${other.name} see each other's mentors and mentees.`);
}

async function partOrganisations({ store, say }: AdminDeps, options: Options): Promise<void> {
  const [one, other] = await findTwo(store, options);
  await store.transaction(async (transaction) => {
    const parted = await store.organisations.partOrganisations(one.id, other.id, transaction);
    if (parted) await noteRelation(store, transaction, one, other);
  });
  say(`${one.name} and ${other.name} no longer see each other's people; sessions that exist stay.`);
}

async function findTwo(store: Store, options: Options): Promise<[Organisation, Organisation]> {
  const one = await findOrganisation(store, options.one ?? '');
  const other = await findOrganisation(store, options.other ?? '');
  if (one.id === other.id) throw new AdminError('These are one organisation; name two.');
  return [one, other];
}

async function listOrganisations({ store, say }: AdminDeps): Promise<void> {
  for (const { id, name } of await store.organisations.listOrganisations()) say(`${id}  ${name}`);
}

async function listUsers({ store, say }: AdminDeps, { organisation }: Options): Promise<void> {
  const id = organisation ? (await findOrganisation(store, organisation)).id : undefined;
  for (const { email, name, roles, active } of await store.users.listUsers(id)) {
    say(`${email}  ${name}  ${roles.join(', ')}${active ? '' : '  (inactive)'}`);
  }
}

/** For the operators, and for the administrators of the organisation, to whose things it was done. */
async function note(
  { audit }: Store,
  transaction: Transaction,
  organisationId: string,
  action: string,
  target: { kind: string; id: string },
  fields: readonly string[] = [],
): Promise<void> {
  const actor = { organisationId, userId: null, email: null, address: 'command line', requestId: newId() };
  await audit.noteOperatorAct(transaction, actor, { at: new Date(), action, target, fields }, organisationId);
}

async function noteRelation(
  store: Store,
  transaction: Transaction,
  one: Organisation,
  other: Organisation,
): Promise<void> {
  for (const { id } of [one, other]) {
    const target = { kind: 'organisation', id };
    await note(store, transaction, id, 'organisation.updated', target, ['relatedOrganisations']);
  }
}

async function addUser(
  store: Store,
  transaction: Transaction,
  input: Parameters<Store['users']['createUser']>[0],
): Promise<{ user: User; password: string }> {
  const password = newPassword();
  const passwordHash = await hashPassword(password);
  try {
    const user = await store.users.createUser({ ...input, passwordHash }, transaction);
    await note(store, transaction, input.organisationId, 'user.created', { kind: 'user', id: user.id });
    return { user, password };
  } catch (error) {
    if (isDuplicateKey(error)) throw new AdminError(`${input.email} has an account already.`);
    throw error;
  }
}

async function refuseTaken(store: Store, email: string): Promise<void> {
  if (!isEmail(email)) throw new AdminError(`${email} is not an e-mail address.`);
  if (await store.users.findUserByEmail(email)) throw new AdminError(`${email} has an account already.`);
}

async function findUser(store: Store, email: string): Promise<User> {
  const user = await store.users.findUserByEmail(email);
  if (!user) throw new AdminError(`There is no account ${email}.`);
  return user;
}

async function findOrganisation(store: Store, reference: string): Promise<Organisation> {
  const known = await store.organisations.listOrganisations();
  const found = known.filter((one) => one.id === reference || sameName(one, reference));
  if (found.length > 1)
    throw new AdminError(`More than one organisation is named ${reference}; give its id.`);
  if (!found[0]) throw new AdminError(`There is no organisation ${reference}; see list-organisations.`);
  return found[0];
}

function sameName({ name }: Organisation, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

function readRoles(text: string): Role[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !ROLES.some((role) => role === name));
  if (unknown.length > 0) {
    throw new AdminError(`No such role: ${unknown.join(', ')}. Roles: ${ROLES.join(', ')}.`);
  }
  return ROLES.filter((role) => names.includes(role));
}

function newPassword(): string {
  return randomBytes(15).toString('base64url');
}

function sayAccount(say: AdminDeps['say'], { email, roles }: User, password: string): void {
  say(`Account      ${email} (${roles.join(', ')})`);
  say(`Password     ${password}`);
  say('It is shown this once and kept as a hash only.');
}
