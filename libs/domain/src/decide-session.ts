import { type CheckedSession, newOptionsOf, timeText } from './check-session.ts';
import { isWhole, type PartialDraft } from './draft.ts';
import { meetingToCome } from './meeting.ts';
import { inColumnOrder, type RowError, rowError, SET_MEETING_LATER } from './messages.ts';
import type { NewSession, OptionField, Person } from './session.ts';
import type { OrganisationSettings } from './settings.ts';
import type { BookedSlot, Calendar, Slot, SlotHolder } from './slots.ts';
import { formatDate, formatTime, localDay, nearestUtc, readTime } from './wall-time.ts';
import { zoneLabel } from './zone.ts';

export interface DecideContext {
  readonly organisationId: string;
  readonly settings: OrganisationSettings;
}

export interface SlotConflict extends Slot {
  readonly holder: SlotHolder;
  /** In the working hours of the same day, from the asked start on; `undefined`: none that day. */
  readonly nextFreeMs: number | undefined;
}

export type Decision =
  | {
      readonly outcome: 'published';
      readonly session: NewSession;
      /** What the row's message says of a session that is fine; may be blank. */
      readonly note: string;
      readonly newOptions: readonly {
        readonly field: OptionField;
        readonly value: string;
        readonly label: string;
      }[];
    }
  | {
      readonly outcome: 'invalid';
      /** Everything found, in column order. */
      readonly errors: readonly RowError[];
      readonly conflict?: SlotConflict;
    };

/**
 * Asks the mentor's calendar and brings all that was found together. Books nothing: whoever publishes the
 * session books its slot, so an invalid row never holds one.
 * @param checked what {@link checkSession} made of the same draft
 * @param errorsSoFar what was found while the draft was read; not the errors of `checked`
 * @param calendars by mentor id, each holding at least the sessions of `calendarWindow`
 * @throws Error if the calendar is missing, or a draft without errors has gaps: both are bugs of the caller
 */
export function decideSession(
  draft: PartialDraft,
  checked: CheckedSession,
  errorsSoFar: readonly RowError[],
  calendars: ReadonlyMap<string, Calendar>,
  context: DecideContext,
): Decision {
  const { mentor, slot } = checked;
  const conflict =
    mentor === undefined || slot === undefined
      ? undefined
      : findConflict(mentor, slot, calendars, context.settings);
  if (conflict === undefined && errorsSoFar.length === 0 && checked.errors.length === 0) {
    return publish(draft, checked, context.organisationId);
  }
  const errors = [...errorsSoFar, ...checked.errors];
  if (conflict === undefined || mentor === undefined) {
    return { outcome: 'invalid', errors: inColumnOrder(errors) };
  }
  errors.push(slotTaken(mentor, conflict, timeText(draft), context.settings.timeZone));
  return { outcome: 'invalid', errors: inColumnOrder(errors), conflict };
}

function findConflict(
  mentor: Person,
  slot: Slot,
  calendars: ReadonlyMap<string, Calendar>,
  settings: OrganisationSettings,
): SlotConflict | undefined {
  const calendar = calendars.get(mentor.id);
  if (calendar === undefined) throw new Error(`The calendar of mentor ${mentor.id} is not loaded`);
  const taken: BookedSlot | undefined = calendar.conflictWith(slot, mentor.slotGapMinutes);
  if (taken === undefined) return undefined;
  const nextFreeMs = calendar.nextFreeStart(
    slot,
    mentor.slotGapMinutes,
    workingHours(slot.startMs, settings),
  );
  return { holder: taken.holder, startMs: taken.startMs, endMs: taken.endMs, nextFreeMs };
}

/** The working hours of the day on which `atMs` falls for the organisation; `24:00`, no time of a clock, is its end. */
function workingHours(atMs: number, settings: OrganisationSettings): { fromMs: number; toMs: number } {
  const day = localDay(atMs, settings.timeZone);
  const { from, to } = settings.workingHours;
  return {
    fromMs: nearestUtc(day, readTime(from) ?? 0, settings.timeZone),
    toMs: nearestUtc(day, readTime(to) ?? 24 * 60, settings.timeZone),
  };
}

function slotTaken(mentor: Person, conflict: SlotConflict, value: string, zone: string): RowError {
  const { startMs, endMs, nextFreeMs } = conflict;
  return rowError('MENTOR_SLOT_TAKEN', 'time', value, {
    mentor: mentor.name,
    start: formatTime(startMs, zone),
    end: formatTime(endMs, zone),
    zone: zoneLabel(zone),
    date: formatDate(startMs, zone),
    holder: describe(conflict.holder),
    nextFree:
      nextFreeMs === undefined
        ? undefined
        : `${formatDate(nextFreeMs, zone)} ${formatTime(nextFreeMs, zone)}`,
  });
}

function describe(holder: SlotHolder): string {
  switch (holder.kind) {
    case 'session':
      return holder.sessionId;
    case 'row':
      return `row ${holder.row} of this file`;
    case 'foreign':
      return 'a session of another organisation';
  }
}

function publish(draft: PartialDraft, checked: CheckedSession, organisationId: string): Decision {
  if (!isWhole(draft) || checked.mentor === undefined || checked.slot === undefined) {
    throw new Error('A draft without errors has gaps');
  }
  const { options } = checked;
  return {
    outcome: 'published',
    session: {
      organisationId,
      title: draft.title,
      description: draft.description,
      type: draft.type,
      mentorId: checked.mentor.id,
      mentees: checked.mentees.map(({ id }) => ({ userId: id, enrolment: 'invited' })),
      startMs: draft.startMs,
      endMs: draft.endMs,
      timeZone: draft.timeZone,
      recommendedFor: options.recommendedFor.map(({ value }) => value),
      categories: options.categories.map(({ value }) => value),
      medium: options.medium.map(({ value }) => value),
      meeting: draft.meeting,
      custom: draft.custom,
    },
    note: meetingToCome(draft.meeting) ? SET_MEETING_LATER : '',
    newOptions: newOptionsOf(options),
  };
}
