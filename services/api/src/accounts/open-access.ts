import { createHash } from 'node:crypto';
import { AppError, DAY_MS, hashSecretToken, newSecretToken, SECOND_MS } from '@mentorline/runtime';
import type { Actor, Store, Transaction, User } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { type AccessTokens, TOKEN_LIFE_MS } from './access-token.ts';
import { presentUser, UserView } from './present-user.ts';
import { type Credentials, checkPassword, type Origin, refused, type SignInDeps } from './sign-in.ts';

/** Of each refresh token; a client that comes at least so often stays signed in. */
const REFRESH_LIFE_MS = 30 * DAY_MS;
/** How long the same client may exchange a token again: an answer got lost, or two tabs refreshed at once. */
const GRACE_MS = 10 * SECOND_MS;

export const Access = Type.Object(
  {
    accessToken: Type.String(),
    tokenType: Type.Enum(['Bearer']),
    expiresIn: Type.Integer({ description: 'seconds' }),
    refreshToken: Type.String({ description: 'good once, for the next pair of tokens' }),
    refreshExpiresIn: Type.Integer({ description: 'seconds' }),
    user: UserView,
  },
  { title: 'Access' },
);
type Access = Static<typeof Access>;

/** Where a request comes from, and with what. */
export interface Client extends Origin {
  userAgent: string;
}

interface AccessDeps {
  store: Store;
  tokens: AccessTokens;
  now: () => Date;
}

/** @throws AppError as `checkPassword` */
export async function signIn(
  deps: AccessDeps & SignInDeps,
  credentials: Static<typeof Credentials>,
  client: Client,
): Promise<Access> {
  const { store, now } = deps;
  const user = await checkPassword(deps, credentials, client);
  const at = now();
  const refreshToken = await store.transaction(async (transaction) => {
    // The password that was checked may just have been changed, and all tokens with it.
    if (!(await store.users.noteSignIn(transaction, user, at))) throw refused();
    await store.audit.noteWrite(transaction, actorFor(user, client), {
      ...{ at, action: 'account.signed-in', target: { kind: 'user', id: user.id } },
    });
    return startFamily(store, transaction, { user, client, at });
  });
  return answerAccess(deps, user, refreshToken);
}

/**
 * Exchanges a refresh token for the next pair. One that comes back ends every token of its sign-in: it is in two
 * hands, and which of them is the thief's cannot be told.
 * @throws AppError REFRESH_TOKEN_INVALID
 */
export async function refreshAccess(deps: AccessDeps, token: string, client: Client): Promise<Access> {
  const { store, now } = deps;
  const at = now();
  const successor = newSecretToken();
  const user = await store.transaction(async (transaction) => {
    const exchanged = await store.refreshTokens.exchangeToken(transaction, {
      ...{ hash: hashSecretToken(token), successorHash: successor.hash, client: fingerprint(client), at },
      ...{ graceMs: GRACE_MS, lifeMs: REFRESH_LIFE_MS },
    });
    if (exchanged.outcome === 'unknown') return undefined;
    const owner = await store.users.findUser(exchanged.userId);
    if (exchanged.outcome === 'reused') {
      if (owner) await noteOf(deps, transaction, owner, client, 'account.token-reused');
      return undefined;
    }
    if (owner?.active) return owner;
    await store.refreshTokens.endFamily(transaction, successor.hash);
    return undefined;
  });
  if (user) return answerAccess(deps, user, successor.token);
  throw new AppError('REFRESH_TOKEN_INVALID', 'The refresh token is not good (any more); sign in again');
}

/** Ends the sign-in that a refresh token belongs to; one that is not good any more has ended already. */
export async function signOut(deps: AccessDeps, token: string, client: Client): Promise<void> {
  const { store } = deps;
  await store.transaction(async (transaction) => {
    const userId = await store.refreshTokens.endFamily(transaction, hashSecretToken(token));
    const user = userId === undefined ? undefined : await store.users.findUser(userId);
    if (user) await noteOf(deps, transaction, user, client, 'account.signed-out');
  });
}

/** Begins a family of refresh tokens. @returns its first token */
export async function startFamily(
  store: Pick<Store, 'refreshTokens'>,
  transaction: Transaction,
  { user, client, at }: { user: User; client: Client; at: Date },
): Promise<string> {
  const { token, hash } = newSecretToken();
  await store.refreshTokens.startFamily(transaction, {
    ...{ userId: user.id, hash, client: fingerprint(client) },
    expiresAt: new Date(at.getTime() + REFRESH_LIFE_MS),
  });
  return token;
}

export async function answerAccess(
  { store, tokens, now }: AccessDeps,
  user: User,
  refreshToken: string,
): Promise<Access> {
  return {
    accessToken: await tokens.issue(user, now()),
    tokenType: 'Bearer',
    expiresIn: TOKEN_LIFE_MS / SECOND_MS,
    refreshToken,
    refreshExpiresIn: REFRESH_LIFE_MS / SECOND_MS,
    user: await presentUser(store, user),
  };
}

function noteOf(
  { store, now }: AccessDeps,
  transaction: Transaction,
  user: User,
  client: Client,
  action: string,
): Promise<void> {
  const target = { kind: 'user', id: user.id };
  return store.audit.noteWrite(transaction, actorFor(user, client), { at: now(), action, target });
}

/** Somebody who proves by a password or a token who they are. */
function actorFor({ id, email, organisationId }: User, { address, requestId }: Origin): Actor {
  return { organisationId, userId: id, email, address, requestId };
}

function fingerprint({ address, userAgent }: Client): string {
  return createHash('sha256').update(`${address}\n${userAgent}`).digest('base64url');
}
