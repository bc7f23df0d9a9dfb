import { AppError, newSecretToken } from '@mentorline/runtime';
import { isId, type Store, type User } from '@mentorline/store';
import type { Static } from 'typebox';
import type { Client } from '../accounts/open-access.ts';
import { type Credentials, checkPassword, refused, type SignInDeps } from '../accounts/sign-in.ts';
import { OPS_SIGN_IN_MS, type OpsTickets } from './ops-ticket.ts';

export interface OpsSignInDeps extends SignInDeps {
  store: Store;
  tickets: OpsTickets;
  now: () => Date;
}

const ROLES: readonly string[] = ['operator', 'observer'];

/**
 * Signs an operator or an observer in to their pages. The sign-in is kept as every other is, so that a new password, or an
 * account that is closed, ends it too.
 * @returns the ticket for the cookie
 * @throws AppError as `checkPassword`; FORBIDDEN for everybody else
 */
export async function signInOps(
  deps: OpsSignInDeps,
  credentials: Static<typeof Credentials>,
  client: Client,
): Promise<string> {
  const { store, tickets, now } = deps;
  const user = await checkPassword(deps, credentials, client);
  if (!mayLook(user)) throw new AppError('FORBIDDEN', 'These pages need the role operator or observer');
  const at = now();
  // The token itself is thrown away: it could be exchanged for access to all else.
  const { hash } = newSecretToken();
  const actor = { userId: user.id, email: user.email, organisationId: user.organisationId };
  const { address, requestId } = client;
  await store.transaction(async (transaction) => {
    // The password that was checked may just have been changed, and all sign-ins with it.
    if (!(await store.users.noteSignIn(transaction, user, at))) throw refused();
    await store.refreshTokens.startFamily(transaction, {
      ...{ userId: user.id, hash, client: 'ops' },
      expiresAt: new Date(at.getTime() + OPS_SIGN_IN_MS),
    });
    const write = { at, action: 'ops.signed-in', target: { kind: 'user', id: user.id } };
    await store.audit.noteOperatorAct(
      transaction,
      { ...actor, address, requestId },
      write,
      user.organisationId,
    );
  });
  return tickets.issue({ userId: user.id, credentialsVersion: user.credentialsVersion, signIn: hash }, at);
}

/**
 * Whose ticket it is, if its sign-in is good still.
 * @returns also the ticket that takes its place, so that a sign-in lasts while it is used
 */
export async function readTicket(
  { store, tickets, now }: OpsSignInDeps,
  text: string | undefined,
): Promise<{ user: User; renewed: string } | undefined> {
  const at = now();
  const ticket = text ? await tickets.read(text, at) : undefined;
  if (!ticket || !isId(ticket.userId)) return undefined;
  const [user, isGood] = await Promise.all([
    store.users.findUser(ticket.userId),
    store.refreshTokens.isGood(ticket.signIn, at),
  ]);
  const mayStay = user?.active && user.credentialsVersion === ticket.credentialsVersion && mayLook(user);
  return mayStay && isGood ? { user, renewed: await tickets.issue(ticket, at) } : undefined;
}

/** Ends the sign-in of a ticket; one that is not good any more has ended already. */
export async function signOutOps(
  { store, tickets, now }: OpsSignInDeps,
  text: string | undefined,
): Promise<void> {
  const ticket = text ? await tickets.read(text, now()) : undefined;
  if (!ticket) return;
  await store.transaction(async (transaction) => {
    await store.refreshTokens.endFamily(transaction, ticket.signIn);
  });
}

function mayLook({ roles }: User): boolean {
  return roles.some((role) => ROLES.includes(role));
}
