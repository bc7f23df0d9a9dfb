import { nextReminderMs } from '@mentorline/domain';
import type { SessionDocument } from './session.model.ts';

/** Who writes sessions, when, and whether those in them are to be told. */
export interface Telling {
  at: Date;
  /** Nobody is told of this write, and none of what it did later: what it leaves counts as known. */
  quiet?: boolean;
}

/** Of a session that is new: nobody knows of it. */
export function untoldOfNew(
  start: Date,
  { at, quiet = false }: Telling,
  delayMs: number,
): Pick<SessionDocument, 'untold' | 'remindAt' | 'tellAt'> {
  const remindAt = nextReminder(start, at);
  const untold = quiet ? undefined : { dueAt: new Date(at.getTime() + delayMs), before: null };
  const tellAt = earlier(untold?.dueAt, remindAt);
  return { ...(untold && { untold }), ...(remindAt && { remindAt }), ...(tellAt && { tellAt }) };
}

/**
 * Stages of an update that changes a session: those before the change keep what people know of it, those after it say
 * when they are to be told. The first change of several is the one that is waited from.
 */
export function untoldOfChange(
  changed: Pick<SessionDocument, 'start' | 'cancelledAt'>,
  { at, quiet = false }: Telling,
  delayMs: number,
): { before: object[]; after: object[] } {
  const untold = {
    $cond: [
      { $eq: [{ $type: '$untold' }, 'missing'] },
      { dueAt: new Date(at.getTime() + delayMs), before: KNOWN },
      '$untold',
    ],
  };
  const moved = nextReminder(changed.start, at) ?? '$$REMOVE';
  const remindAt = changed.cancelledAt
    ? '$$REMOVE'
    : { $cond: [{ $eq: ['$start', changed.start] }, '$remindAt', moved] };
  return {
    before: [{ $set: { remindAt, ...(quiet ? {} : { untold }) } }],
    // The least of what there is; of nothing it is null.
    after: [{ $set: { tellAt: { $ifNull: [{ $min: ['$untold.dueAt', '$remindAt'] }, '$$REMOVE'] } } }],
  };
}

const KNOWN = Object.fromEntries(
  (['title', 'start', 'end', 'meeting', 'mentorId', 'mentees', 'cancelledAt'] as const).map((name) => [
    name,
    `$${name}`,
  ]),
);

/** When people are to be reminded of a session, after a moment. */
export function nextReminder(start: Date, after: Date): Date | undefined {
  const nextMs = nextReminderMs(start.getTime(), after.getTime());
  return nextMs === undefined ? undefined : new Date(nextMs);
}

export function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one && other ? new Date(Math.min(one.getTime(), other.getTime())) : (one ?? other);
}
