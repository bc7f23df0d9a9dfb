import { setTimeout as pause } from 'node:timers/promises';
import { AppError, hashPassword, hashSecretToken } from '@mentorline/runtime';
import { mailLinks, type Store } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { causeOf } from '../http/cause.ts';
import type { GuessLimits } from '../limits/guess-limits.ts';
import { NewPassword, refuseWeakPassword } from './new-password.ts';
import { organisationOf } from './organisation-of.ts';
import type { Origin } from './sign-in.ts';

export const ResetRequest = Type.Object(
  { email: Type.String({ minLength: 1, maxLength: 254 }) },
  { title: 'ResetRequest', additionalProperties: false },
);

export const PasswordByLink = Type.Object(
  {
    token: Type.String({ minLength: 1, maxLength: 200, description: 'from the mailed link' }),
    password: NewPassword,
  },
  { title: 'PasswordByLink', additionalProperties: false },
);

interface ResetDeps {
  store: Store;
  guesses: GuessLimits;
  now: () => Date;
  mailDomain: string;
}

/** More than the work for a known address takes, so that the time does not tell which are known. */
const ANSWER_AFTER_MS = 250;

/**
 * Mails a link to reset the password, if there is an active account.
 * @throws AppError TOO_MANY_ATTEMPTS, the same for every address
 */
export async function requestReset(
  deps: ResetDeps,
  { email }: Static<typeof ResetRequest>,
  origin: Origin,
): Promise<void> {
  await deps.guesses.countMail(email, origin.address);
  await Promise.all([sendLink(deps, email, origin), pause(ANSWER_AFTER_MS)]);
}

async function sendLink(deps: ResetDeps, email: string, origin: Origin): Promise<void> {
  const { store, now } = deps;
  const user = await store.users.findUserByEmail(email);
  if (!user?.active) return;
  const organisation = await organisationOf(store, user);
  const at = now();
  await store.transaction(async (transaction) => {
    const letter = {
      purpose: 'password-reset' as const,
      organisation,
      invitedBy: null,
      at,
      cause: causeOf(origin),
    };
    await mailLinks(deps, transaction, letter, [user]);
    await store.audit.noteWrite(
      transaction,
      { ...origin, organisationId: organisation.id, userId: null, email: null },
      { at, action: 'account.reset-requested', target: { kind: 'user', id: user.id } },
    );
  });
}

/**
 * Sets the password with a mailed link, of a reset or of an invitation. The link is used up, and every token of the
 * user from before ends.
 * @throws AppError LINK_INVALID, or VALIDATION_FAILED, which leaves the link as it is
 */
export async function setPasswordByLink(
  deps: ResetDeps,
  { token, password }: Static<typeof PasswordByLink>,
  origin: Origin,
): Promise<void> {
  const { store, guesses, now } = deps;
  const at = now();
  const hash = hashSecretToken(token);
  const refusal = () => new AppError('LINK_INVALID', 'The link is used, or has run out; ask for a new one');
  // A password costs a tenth of a second of CPU: not for strangers.
  if (!(await store.accountLinks.isGood(hash, at))) throw refusal();
  const passwordHash = await hashPassword(password);
  const user = await store.transaction(async (transaction) => {
    const link = await store.accountLinks.takeLink(transaction, hash, at);
    const user = link && (await store.users.setPassword(link.userId, passwordHash, transaction));
    if (!user) throw refusal();
    refuseWeakPassword(password, user.email, '/password');
    await store.refreshTokens.endFamiliesOf(transaction, user.id);
    const { id, email, organisationId } = user;
    const action = link.purpose === 'invitation' ? 'account.activated' : 'account.password-reset';
    const actor = { ...origin, organisationId, userId: id, email };
    await store.audit.noteWrite(transaction, actor, { at, action, target: { kind: 'user', id } });
    return user;
  });
  await guesses.unlock(user.email);
}
