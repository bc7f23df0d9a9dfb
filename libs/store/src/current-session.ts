import type { CurrentSession, Person } from '@mentorline/domain';
import type { BookedSession } from './session.store.ts';

/** The ids of everybody in a session. */
export function idsIn({ mentorId, mentees }: BookedSession): string[] {
  return [mentorId, ...mentees.map(({ userId }) => userId)];
}

/** A stored session as the rules see it. @param people by id, everybody in it */
export function toCurrent(session: BookedSession, people: ReadonlyMap<string, Person>): CurrentSession {
  const { mentorId, mentees, start, end, cancelledAt, ...same } = session;
  const mentor = people.get(mentorId);
  if (!mentor) throw new Error(`The mentor of session ${session.id} no longer exists`);
  return {
    ...same,
    mentor,
    mentees: mentees.map((mentee) => ({ ...mentee, email: people.get(mentee.userId)?.email ?? '' })),
    startMs: start.getTime(),
    endMs: end.getTime(),
    cancelled: cancelledAt !== null,
  };
}

/** The session as it is stored; `at` is when it is deleted, if it is. */
export function toBooked(session: CurrentSession, at: Date): BookedSession {
  const { mentor, mentees, startMs, endMs, cancelled, ...same } = session;
  return {
    ...same,
    mentorId: mentor.id,
    mentees: mentees.map(({ userId, enrolment }) => ({ userId, enrolment })),
    start: new Date(startMs),
    end: new Date(endMs),
    cancelledAt: cancelled ? at : null,
  };
}
