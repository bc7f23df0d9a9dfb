import { AppError, verifyPassword } from '@mentorline/runtime';
import type { Store, User } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { GuessLimits } from '../limits/guess-limits.ts';
import type { LateWork } from './late-work.ts';

export const Credentials = Type.Object(
  {
    email: Type.String({ minLength: 1, maxLength: 254 }),
    // Hashing time grows with length.
    password: Type.String({ minLength: 1, maxLength: 1024 }),
  },
  { title: 'Credentials', additionalProperties: false },
);

/** Where a request comes from, as the audit log names it. */
export interface Origin {
  address: string;
  requestId: string;
}

export interface SignInDeps {
  store: Store;
  guesses: GuessLimits;
  late: LateWork;
  now: () => Date;
}

/**
 * @throws AppError CREDENTIALS_INVALID, the same for an unknown address, a wrong password and an inactive account;
 * TOO_MANY_ATTEMPTS, the same for every account too
 */
export async function checkPassword(
  deps: SignInDeps,
  { email, password }: Static<typeof Credentials>,
  origin: Origin,
): Promise<User> {
  const { isLast } = await deps.guesses.beginAttempt(email, origin.address);
  const user = await deps.store.users.findUserByEmail(email);
  // Always the same work: the time taken does not tell whether the account exists.
  const fits = await verifyPassword(password, user?.passwordHash);
  if (user && fits && user.active) {
    await deps.guesses.noteSuccess(email, origin.address);
    return user;
  }
  if (user) deps.late.start('noting a failed sign-in', () => noteFailure(deps, user, origin, isLast));
  throw refused();
}

/**
 * Signs in with the `Authorization: Basic` of a browser (RFC 7617, UTF-8).
 * @throws AppError as `checkPassword`
 */
export async function signInBasic(deps: SignInDeps, encoded: string, origin: Origin): Promise<User> {
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  const credentials = { email: text.slice(0, colon), password: text.slice(colon + 1) };
  if (colon < 0 || !Value.Check(Credentials, credentials)) throw refused();
  return checkPassword(deps, credentials, origin);
}

function noteFailure(
  { store, now }: SignInDeps,
  { id, organisationId }: User,
  origin: Origin,
  isLast: boolean,
): Promise<void> {
  const actor = { ...origin, organisationId, userId: null, email: null };
  const at = now();
  return store.transaction(async (transaction) => {
    for (const action of ['account.sign-in-failed', ...(isLast ? ['account.locked'] : [])]) {
      await store.audit.noteWrite(transaction, actor, { at, action, target: { kind: 'user', id } });
    }
  });
}

export function refused(): AppError {
  return new AppError('CREDENTIALS_INVALID', 'E-mail or password is wrong');
}
