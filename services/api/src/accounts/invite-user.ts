import { AppError } from '@mentorline/runtime';
import {
  type Actor,
  mailLinks,
  type Organisation,
  type Store,
  type Transaction,
  type User,
} from '@mentorline/store';
import { causeOf } from '../http/cause.ts';

interface InviteDeps {
  store: Store;
  mailDomain: string;
}

/**
 * Invites a user who has no password yet, in the transaction that makes the user or one of its own: a mail with a link
 * that sets the first one, good for seven days. An earlier invitation is good no more.
 * @returns until when the link is good
 */
export async function inviteUser(
  deps: InviteDeps,
  transaction: Transaction,
  invitation: { user: User; organisation: Organisation; by: { name: string; actor: Actor }; at: Date },
): Promise<Date> {
  const { user, organisation, by, at } = invitation;
  const letter = {
    purpose: 'invitation' as const,
    organisation,
    invitedBy: by.name,
    at,
    cause: causeOf(by.actor),
  };
  const expiresAt = await mailLinks(deps, transaction, letter, [user]);
  await deps.store.audit.noteWrite(transaction, by.actor, {
    ...{ at, action: 'user.invited', target: { kind: 'user', id: user.id } },
  });
  return expiresAt;
}

/**
 * Sends a user's invitation again.
 * @throws AppError NOT_FOUND, or INVITATION_REFUSED with the reason
 */
export async function inviteAgain(
  deps: InviteDeps & { now: () => Date },
  by: { admin: User; organisation: Organisation; actor: Actor },
  id: string,
): Promise<{ email: string; expiresAt: Date }> {
  const { store, now } = deps;
  const { admin, organisation, actor } = by;
  const user = await store.users.findUser(id);
  if (user?.organisationId !== organisation.id) throw new AppError('NOT_FOUND', 'There is no such user');
  if (!user.active) throw new AppError('INVITATION_REFUSED', 'The user is not active; activate them first');
  if (user.passwordHash !== null) {
    throw new AppError('INVITATION_REFUSED', 'The user has a password already; they can reset it themselves');
  }
  const expiresAt = await store.transaction((transaction) =>
    inviteUser(deps, transaction, { user, organisation, by: { name: admin.name, actor }, at: now() }),
  );
  return { email: user.email, expiresAt };
}
