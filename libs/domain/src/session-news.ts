import type { Meeting } from './session.ts';

/** What those concerned can know of a session: who is in it, and what a mail about it tells. */
export interface SessionFacts {
  readonly title: string;
  readonly mentorId: string;
  readonly mentees: readonly { readonly userId: string; readonly enrolment: 'invited' | 'self' }[];
  readonly startMs: number;
  readonly endMs: number;
  readonly meeting: Meeting;
  readonly cancelled: boolean;
}

export const SESSION_NEWS = ['assigned', 'invited', 'enrolled', 'changed', 'cancelled', 'removed'] as const;
export type SessionNews = (typeof SESSION_NEWS)[number];

/** Somebody who has to be told something of a session. */
export interface Concerned {
  readonly userId: string;
  readonly role: 'mentor' | 'mentee';
  readonly news: SessionNews;
}

/** What of a session a mail tells as changed. */
export type FactName = 'title' | 'time' | 'meeting';

/**
 * Who has to be told what, for everybody to know the session as it is: one thing for each person at most. Whoever is in
 * it before and after is told of what differs; a session that came and went in between concerns nobody.
 * @param before as those in it know it; `undefined`: nobody knows of it
 */
export function sessionNews(before: SessionFacts | undefined, after: SessionFacts): Concerned[] {
  const earlier = rolesIn(before);
  const later = rolesIn(after);
  const changed = before !== undefined && differingFacts(before, after).length > 0;
  const left = [...earlier].flatMap(([userId, { role }]): Concerned[] => {
    if (later.get(userId)?.role === role) return [];
    return [{ userId, role, news: after.cancelled || role === 'mentor' ? 'cancelled' : 'removed' }];
  });
  const present = [...later].flatMap(([userId, { role, welcome }]): Concerned[] => {
    if (earlier.get(userId)?.role !== role) return [{ userId, role, news: welcome }];
    return changed ? [{ userId, role, news: 'changed' }] : [];
  });
  return [...left, ...present];
}

/** What a mail would tell as changed. */
export function differingFacts(before: SessionFacts, after: SessionFacts): FactName[] {
  const names: FactName[] = [];
  if (before.title !== after.title) names.push('title');
  if (before.startMs !== after.startMs || before.endMs !== after.endMs) names.push('time');
  const { platform, link, meetingId, passcode } = before.meeting;
  const { meeting } = after;
  const sameMeeting =
    platform === meeting.platform &&
    link === meeting.link &&
    meetingId === meeting.meetingId &&
    passcode === meeting.passcode;
  return sameMeeting ? names : [...names, 'meeting'];
}

interface Part {
  role: Concerned['role'];
  /** With what somebody new in it is told of it. */
  welcome: SessionNews;
}

/** Nobody is in a session that is cancelled. */
function rolesIn(session: SessionFacts | undefined): Map<string, Part> {
  if (session === undefined || session.cancelled) return new Map();
  return new Map<string, Part>([
    ...session.mentees.map(({ userId, enrolment }): [string, Part] => [
      userId,
      { role: 'mentee', welcome: enrolment === 'self' ? 'enrolled' : 'invited' },
    ]),
    [session.mentorId, { role: 'mentor', welcome: 'assigned' }],
  ]);
}
