import { changeLock } from './change-lock.ts';
import { type RowError, rowError } from './messages.ts';
import type { Person } from './session.ts';
import type { CurrentMentee, CurrentSession } from './session-change.ts';
import type { OrganisationSettings } from './settings.ts';

export type EnrolmentDecision =
  | {
      readonly outcome: 'updated';
      /** The new state, its version counted up. */
      readonly session: CurrentSession;
    }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'invalid'; readonly error: RowError };

interface EnrolmentContext {
  readonly settings: Pick<OrganisationSettings, 'enrolmentLimit'>;
  readonly nowMs: number;
}

/** Gives a person a seat until the session is live. Who is on it already stays on it as they are, whatever the limit. */
export function decideJoining(
  current: CurrentSession,
  { id, email }: Pick<Person, 'id' | 'email'>,
  enrolment: CurrentMentee['enrolment'],
  { settings, nowMs }: EnrolmentContext,
): EnrolmentDecision {
  const { mentor, mentees } = current;
  const locked = changeLock(current, nowMs, 'joined');
  if (locked) return invalid(locked);
  if (mentees.some(({ userId }) => userId === id)) return { outcome: 'unchanged' };
  if (id === mentor.id) return invalid(rowError('MENTOR_IS_MENTEE', 'mentees', email));
  if (mentees.length >= settings.enrolmentLimit) {
    return invalid(rowError('SEATS_FULL', 'mentees', email, settings.enrolmentLimit));
  }
  return updated(current, [...mentees, { userId: id, email, enrolment }]);
}

/** Frees a seat until the session is live; the last one of a private session stays taken. */
export function decideLeaving(
  current: CurrentSession,
  userId: string,
  { nowMs }: Pick<EnrolmentContext, 'nowMs'>,
): EnrolmentDecision {
  const locked = changeLock(current, nowMs, 'left');
  if (locked) return invalid(locked);
  const left = current.mentees.filter((mentee) => mentee.userId !== userId);
  if (left.length === current.mentees.length) return { outcome: 'unchanged' };
  if (current.type === 'PRIVATE' && left.length === 0) {
    return invalid(rowError('MENTEES_REQUIRED', 'mentees', ''));
  }
  return updated(current, left);
}

function invalid(error: RowError): EnrolmentDecision {
  return { outcome: 'invalid', error };
}

function updated(current: CurrentSession, mentees: readonly CurrentMentee[]): EnrolmentDecision {
  return { outcome: 'updated', session: { ...current, version: current.version + 1, mentees } };
}
