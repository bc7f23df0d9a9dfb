import { changeLock } from './change-lock.ts';
import { timesText } from './change-times.ts';
import type { CheckedChange } from './check-change.ts';
import { newOptionsOf } from './check-session.ts';
import type { DecideContext, Decision } from './decide-session.ts';
import { meetingToCome } from './meeting.ts';
import { inColumnOrder, rowError, SET_MEETING_LATER } from './messages.ts';
import type { ReadRow } from './read-row.ts';
import type { CurrentSession, SessionChange } from './session-change.ts';
import type { OrganisationSettings } from './settings.ts';
import { calendarOf, findConflict, type SlotConflict, slotTaken } from './slot-conflict.ts';
import type { Calendar, Slot } from './slots.ts';

type Invalid = Extract<Decision, { outcome: 'invalid' }>;
type Published = Extract<Decision, { outcome: 'published' }>;

interface Unchanged {
  readonly outcome: 'unchanged';
  readonly note: string;
}

export type ChangeDecision =
  | {
      readonly outcome: 'updated';
      /** The new state, its version counted up. */
      readonly session: CurrentSession;
      readonly note: string;
      readonly newOptions: Published['newOptions'];
    }
  | Unchanged
  | Invalid;

export type DeletionDecision =
  | { readonly outcome: 'deleted'; readonly session: CurrentSession }
  | Unchanged
  | Invalid;

type NamedRow = Pick<ReadRow, 'id' | 'doneEarlier' | 'errors'>;

const NOTHING_LEFT: Unchanged = { outcome: 'unchanged', note: '' };

/**
 * Asks the mentor's calendar where the slot differs, the session's own slot aside, and brings all that was found
 * together. Books nothing and leaves the calendar as it was: whoever stores the session releases its old slot and books
 * the new one, both held by the session.
 * @param current `undefined`: the organisation has no such session
 * @param checked what {@link checkChange} made of `current` and the reading's change; `undefined` where there is none
 * @param calendars by mentor id, each holding at least the sessions of `calendarWindow`
 * @throws Error if the calendar is missing, or the session was not checked: both are bugs of the caller
 */
export function decideChange(
  current: CurrentSession | undefined,
  reading: NamedRow & { readonly change: SessionChange | undefined },
  checked: CheckedChange | undefined,
  calendars: ReadonlyMap<string, Calendar>,
  { settings }: Pick<DecideContext, 'settings'>,
): ChangeDecision {
  const { change } = reading;
  if (current === undefined || current.cancelled) return decideMissing(current, reading);
  if (change === undefined || checked === undefined) throw new Error(`Session ${current.id} was not checked`);
  const errors = reading.errors.filter(({ field }) => !checked.repeated.has(field));
  errors.push(...checked.errors);
  const conflict = checked.slot && findOtherConflict(current, checked.slot, calendars, settings);
  if (conflict !== undefined) {
    const { time } = timesText(current, change);
    errors.push(slotTaken(current.mentor, conflict, time, settings.timeZone));
    return { outcome: 'invalid', errors: inColumnOrder(errors), conflict };
  }
  if (errors.length > 0) return { outcome: 'invalid', errors: inColumnOrder(errors) };
  const { session, options } = checked;
  const note = meetingToCome(session.meeting) ? SET_MEETING_LATER : '';
  if (checked.differing.size === 0) return { outcome: 'unchanged', note };
  return { outcome: 'updated', session, note, newOptions: newOptionsOf(options) };
}

function findOtherConflict(
  { id, mentor }: CurrentSession,
  slot: Slot,
  calendars: ReadonlyMap<string, Calendar>,
  settings: OrganisationSettings,
): SlotConflict | undefined {
  const calendar = calendarOf(mentor.id, calendars);
  const own = calendar.release(id);
  const conflict = findConflict(mentor, slot, calendar, settings);
  if (own !== undefined) calendar.book(own);
  return conflict;
}

/**
 * A session may be deleted until it is live. It holds its slot until the caller releases it.
 * @param current `undefined`: the organisation has no such session
 */
export function decideDeletion(
  current: CurrentSession | undefined,
  reading: NamedRow,
  nowMs: number,
): DeletionDecision {
  if (current === undefined || current.cancelled) return decideMissing(current, reading);
  const errors = [...reading.errors, changeLock(current, nowMs, 'deleted') ?? []].flat();
  if (errors.length > 0) return { outcome: 'invalid', errors: inColumnOrder(errors) };
  return { outcome: 'deleted', session: { ...current, version: current.version + 1, cancelled: true } };
}

/** A row that was done before the session was deleted, or that deleted it, has nothing left to do. */
function decideMissing(cancelled: CurrentSession | undefined, reading: NamedRow): Unchanged | Invalid {
  if (cancelled !== undefined && reading.doneEarlier) return NOTHING_LEFT;
  const errors = [...reading.errors];
  // A row without an id was told so when it was read.
  if (reading.id !== '') errors.push(rowError('SESSION_NOT_FOUND', 'id', reading.id));
  return { outcome: 'invalid', errors: inColumnOrder(errors) };
}

/**
 * A Create that an earlier report calls done: its session was published then.
 * @param current the session of its id, cancelled or not; `undefined`: the organisation has no such session
 */
export function decideRepeatedCreate(
  current: CurrentSession | undefined,
  reading: NamedRow,
): Unchanged | Invalid {
  if (current !== undefined) return NOTHING_LEFT;
  const errors = [...reading.errors, rowError('ACTION_INVALID', 'action', 'Create', 'Create with an id')];
  return { outcome: 'invalid', errors: inColumnOrder(errors) };
}
