import { decideJoining, decideLeaving } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import type { Organisation, Session, User } from '@mentorline/store';
import { type ChangeDeps, type ChangedBy, changeSession, refusedChange } from './change-session.ts';
import { isManager } from './see-sessions.ts';

/** Whose seat in which session, and who gives or frees it. */
export interface Enrolment {
  by: ChangedBy;
  user: User;
  session: Session;
  menteeId: string;
}

/**
 * Gives a mentee a seat; seats are counted in the transaction that takes one. Repeated it changes nothing.
 * @param organisation the session's
 * @returns whether the mentee had no seat before
 * @throws AppError SEATS_FULL, SESSION_LOCKED, FORBIDDEN, NOT_FOUND for somebody whom the organisation cannot see
 */
export async function joinSession(
  deps: ChangeDeps,
  organisation: Organisation,
  { by, user, session, menteeId }: Enrolment,
): Promise<boolean> {
  refuseUnlessAllowed(user, session, menteeId);
  const { settings } = organisation;
  const isSelf = menteeId === user.id && user.roles.includes('mentee') && session.type === 'PUBLIC';
  const person = isSelf ? user : (await deps.store.users.findPeople(organisation, [menteeId])).get(menteeId);
  if (person && !(await deps.store.users.keepPeople([person]))) throw noSuchUser();
  let isNew = false;
  await changeSession(deps, by, session, async (current, { at }) => {
    isNew = false;
    const mentee = person ?? current.mentees.find(({ userId }) => userId === menteeId);
    if (!mentee) throw noSuchUser();
    const decision = decideJoining(
      current,
      { id: menteeId, email: mentee.email },
      isSelf ? 'self' : 'invited',
      { settings, nowMs: at.getTime() },
    );
    if (decision.outcome === 'invalid') throw refusedChange(decision.error);
    if (decision.outcome === 'unchanged') return undefined;
    isNew = true;
    return { session: decision.session, action: 'session.mentee-added', fields: ['mentees'] };
  });
  return isNew;
}

/**
 * Frees a mentee's seat. Repeated it changes nothing.
 * @throws AppError SESSION_LOCKED, FORBIDDEN, VALIDATION_FAILED for the last mentee of a private session
 */
export async function leaveSession(
  deps: ChangeDeps,
  { by, user, session, menteeId }: Enrolment,
): Promise<void> {
  refuseUnlessAllowed(user, session, menteeId);
  await changeSession(deps, by, session, async (current, { at }) => {
    const decision = decideLeaving(current, menteeId, { nowMs: at.getTime() });
    if (decision.outcome === 'invalid') throw refusedChange(decision.error);
    if (decision.outcome === 'unchanged') return undefined;
    return { session: decision.session, action: 'session.mentee-removed', fields: ['mentees'] };
  });
}

function noSuchUser(): AppError {
  return new AppError('NOT_FOUND', 'There is no such user');
}

/** Managers seat people in their organisation's sessions, mentees themselves in public ones. */
function refuseUnlessAllowed(user: User, session: Session, menteeId: string): void {
  if (isManager(user) && session.organisationId === user.organisationId) return;
  if (!user.roles.includes('mentee') || menteeId !== user.id) {
    throw new AppError('FORBIDDEN', 'A mentee enrols itself; a session manager enrols others');
  }
  if (session.type !== 'PUBLIC') {
    throw new AppError('FORBIDDEN', 'Only a session manager changes who is in a private session');
  }
}
