import { AppError } from '@mentorline/runtime';
import type { SessionScope, Store, User } from '@mentorline/store';

/** Whether the user manages the sessions of its organisation. */
export function isManager(user: User): boolean {
  return user.roles.includes('session_manager') || user.roles.includes('org_admin');
}

/**
 * Whose sessions a user may see: managers their organisation's, mentors their own, mentees those in reach or
 * holding them; with several roles all of these.
 * @throws AppError FORBIDDEN for a user whose roles show no session, such as an operator
 */
export async function scopesOf(store: Pick<Store, 'organisations'>, user: User): Promise<SessionScope[]> {
  const scopes: SessionScope[] = [];
  const { id, organisationId, roles } = user;
  if (isManager(user)) scopes.push({ kind: 'organisation', organisationId });
  if (roles.includes('mentor')) scopes.push({ kind: 'mentor', mentorId: id });
  if (roles.includes('mentee')) {
    const organisationIds = await store.organisations.organisationsInReach(organisationId);
    scopes.push({ kind: 'mentee', menteeId: id, organisationIds });
  }
  if (scopes.length === 0) throw new AppError('FORBIDDEN', 'Your roles do not show sessions');
  return scopes;
}
