import { AppError } from '@mentorline/runtime';
import type { Session, SessionScope, Store, User } from '@mentorline/store';

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

/** Whose sessions a user may work on: those of a manager's organisation, and `own` ones of a mentor where it may. */
export function keptBy(user: User, own: 'managed' | 'managed or mentored'): SessionScope[] {
  const { id, organisationId, roles } = user;
  const scopes: SessionScope[] = isManager(user) ? [{ kind: 'organisation', organisationId }] : [];
  if (own === 'managed or mentored' && roles.includes('mentor'))
    scopes.push({ kind: 'mentor', mentorId: id });
  return scopes;
}

/** @throws AppError NOT_FOUND when none of the scopes shows the session */
export async function findSession(
  { store, now }: { store: Pick<Store, 'sessions'>; now: () => Date },
  id: string,
  scopes: readonly SessionScope[],
): Promise<Session> {
  const session = await store.sessions.findSession(id, scopes, now());
  if (!session) throw new AppError('NOT_FOUND', 'There is no such session');
  return session;
}
