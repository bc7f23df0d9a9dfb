import { AppError, verifyPassword } from '@mentorline/runtime';
import type { Store, User } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

export const Credentials = Type.Object(
  {
    email: Type.String({ minLength: 1, maxLength: 254 }),
    // Hashing time grows with length.
    password: Type.String({ minLength: 1, maxLength: 1024 }),
  },
  { title: 'Credentials', additionalProperties: false },
);

/** @throws AppError CREDENTIALS_INVALID, the same for an unknown address, a wrong password and an inactive account */
export async function signIn(
  store: Pick<Store, 'users'>,
  { email, password }: Static<typeof Credentials>,
): Promise<User> {
  const user = await store.users.findUserByEmail(email);
  // Always the same work: the time taken does not tell whether the account exists.
  const fits = await verifyPassword(password, user?.passwordHash);
  if (!user || !fits || !user.active) throw refused();
  return user;
}

/**
 * Signs in with the `Authorization: Basic` of a browser (RFC 7617, UTF-8).
 * @throws AppError CREDENTIALS_INVALID
 */
export async function signInBasic(store: Pick<Store, 'users'>, encoded: string): Promise<User> {
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  const credentials = { email: text.slice(0, colon), password: text.slice(colon + 1) };
  if (colon < 0 || !Value.Check(Credentials, credentials)) throw refused();
  return signIn(store, credentials);
}

function refused(): AppError {
  return new AppError('CREDENTIALS_INVALID', 'E-mail or password is wrong');
}
