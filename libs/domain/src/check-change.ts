import {
  checkCustom,
  checkMeeting,
  checkMentees,
  checkOptions,
  checkTexts,
  checkTimes,
  type Findings,
} from './check-changed-fields.ts';
import type { DraftField } from './draft.ts';
import { type RowError, rowError } from './messages.ts';
import { repeatedFields, withoutFields } from './repeated-cells.ts';
import { type OptionField, statusAt } from './session.ts';
import type { CurrentSession, SessionChange } from './session-change.ts';
import type { CheckContext, OptionChoice } from './session-rules.ts';
import type { Slot } from './slots.ts';

export interface CheckedChange {
  /** In no particular order; `inColumnOrder` sorts them among others. */
  readonly errors: RowError[];
  /** Cells that say what is stored: errors found while they were read do not count. */
  readonly repeated: ReadonlySet<DraftField>;
  /** What would differ from the stored session, what could not be read included. */
  readonly differing: ReadonlySet<DraftField>;
  /** The session as it would be; right only where there are no errors. */
  readonly session: CurrentSession;
  /** Only where it differs and the times are fine: then the mentor's calendar can be asked. */
  readonly slot: Slot | undefined;
  /** Those that the session has not had. */
  readonly options: Readonly<Record<OptionField, readonly OptionChoice[]>>;
}

/**
 * Puts the change into the stored session, field by field, and holds what differs against the rules. What the change
 * leaves or repeats is neither looked up nor judged: it was right when it was stored.
 */
export function checkChange(
  current: CurrentSession,
  change: SessionChange,
  context: CheckContext,
): CheckedChange {
  const repeated = repeatedFields(current, change);
  const meant = withoutFields(change, repeated);
  const findings: Findings = { context, differing: new Set(meant.unread), unreadable: [], broken: [] };
  checkTexts(current, meant, findings);
  const mentees = checkMentees(current, meant, findings);
  const times = checkTimes(current, meant, findings);
  const recommendedFor = checkOptions('recommendedFor', current, meant, findings);
  const categories = checkOptions('categories', current, meant, findings);
  const medium = checkOptions('medium', current, meant, findings);
  const meeting = checkMeeting(current, meant, findings);
  const custom = checkCustom(current, meant, findings);
  const { differing, unreadable, broken } = findings;
  const locked = lock(current, differing, context.nowMs);
  return {
    errors: [...unreadable, ...(locked ?? broken)],
    repeated,
    differing,
    session: {
      ...current,
      version: current.version + 1,
      title: meant.title ?? current.title,
      description: meant.description ?? current.description,
      mentees,
      startMs: times.startMs,
      endMs: times.endMs,
      timeZone: times.timeZone,
      recommendedFor: recommendedFor.values,
      categories: categories.values,
      medium: medium.values,
      meeting,
      custom,
    },
    slot: locked === undefined ? times.slot : undefined,
    options: {
      recommendedFor: recommendedFor.added,
      categories: categories.added,
      medium: medium.added,
    },
  };
}

const MEETING_FIELDS: ReadonlySet<DraftField> = new Set<DraftField>([
  'platform',
  'link',
  'meetingId',
  'passcode',
]);

/** Why a session of this status takes no such change; `undefined`: it does. */
function lock(
  current: CurrentSession,
  differing: ReadonlySet<DraftField>,
  nowMs: number,
): RowError[] | undefined {
  const locked = (status: 'live' | 'completed') => [
    rowError('SESSION_LOCKED', 'id', current.id, status, 'edited'),
  ];
  switch (statusAt(current, nowMs)) {
    case 'PUBLISHED':
      return undefined;
    case 'LIVE':
      return [...differing].every((field) => MEETING_FIELDS.has(field)) ? undefined : locked('live');
    case 'COMPLETED':
      return differing.size === 0 ? undefined : locked('completed');
    case 'CANCELLED':
      return [rowError('SESSION_NOT_FOUND', 'id', current.id)];
  }
}
