import { AppError, hashPassword } from '@mentorline/runtime';
import type { Actor, Store, User } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import type { AccessTokens } from './access-token.ts';
import { NewPassword, refuseWeakPassword } from './new-password.ts';
import { type Access, answerAccess, type Client, startFamily } from './open-access.ts';
import { checkPassword, type SignInDeps } from './sign-in.ts';

export const PasswordChange = Type.Object(
  {
    currentPassword: Type.String({ minLength: 1, maxLength: 1024 }),
    newPassword: NewPassword,
  },
  { title: 'PasswordChange', additionalProperties: false },
);

/**
 * Changes the password of whoever is signed in. Every token from before ends, whoever holds it; the answer brings new
 * ones.
 * @throws AppError CREDENTIALS_INVALID when the current one is wrong, TOO_MANY_ATTEMPTS, VALIDATION_FAILED
 */
export async function changePassword(
  deps: SignInDeps & { store: Store; tokens: AccessTokens },
  by: { user: User; actor: Actor; client: Client },
  { currentPassword, newPassword }: Static<typeof PasswordChange>,
): Promise<Static<typeof Access>> {
  const { store, now } = deps;
  const { client, actor } = by;
  const { id, email } = by.user;
  refuseWeakPassword(newPassword, email, '/newPassword');
  await checkPassword(deps, { email, password: currentPassword }, client);
  const passwordHash = await hashPassword(newPassword);
  const at = now();
  const { user, refreshToken } = await store.transaction(async (transaction) => {
    const user = await store.users.setPassword(id, passwordHash, transaction);
    if (!user) throw new AppError('UNAUTHENTICATED', 'The account is no longer active');
    await store.refreshTokens.endFamiliesOf(transaction, id);
    await store.audit.noteWrite(transaction, actor, {
      ...{ at, action: 'account.password-changed', target: { kind: 'user', id } },
    });
    return { user, refreshToken: await startFamily(store, transaction, { user, client, at }) };
  });
  return answerAccess(deps, user, refreshToken);
}
