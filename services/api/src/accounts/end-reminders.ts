import { timingSafeEqual } from 'node:crypto';
import { isDuplicateKey, isId, type Store, type User } from '@mentorline/store';
import type { Origin } from './sign-in.ts';

/**
 * Who may end reminders with a link of theirs.
 * @param token of a mailed reminder
 * @returns undefined for a token that no reminder carries
 */
export async function readerOf(
  store: Pick<Store, 'mails' | 'users'>,
  token: string,
): Promise<User | undefined> {
  const [mailId = '', secret = ''] = token.split('.');
  const mail = isId(mailId) ? await store.mails.findMail(mailId) : undefined;
  const expected = mail?.session?.unsubscribeSecret;
  if (!mail?.session || !expected || !isSame(secret, expected)) return undefined;
  return store.users.findUser(mail.session.userId);
}

/** Ends the reminders of whoever holds the token. Repeated it changes nothing. @returns whether there is such a person */
export async function endReminders(
  { store, now }: { store: Store; now: () => Date },
  token: string,
  origin: Origin,
): Promise<boolean> {
  const user = await readerOf(store, token);
  if (!user) return false;
  const { id, email, organisationId } = user;
  const at = now();
  try {
    await store.transaction(async (transaction) => {
      await store.suppressions.endReminders(transaction, user, at);
      await store.audit.noteWrite(
        transaction,
        { ...origin, organisationId, userId: id, email },
        { at, action: 'account.reminders-off', target: { kind: 'user', id } },
      );
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
  return true;
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
