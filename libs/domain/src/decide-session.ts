import { type CheckedSession, newOptionsOf, timeText } from './check-session.ts';
import { isWhole, type PartialDraft } from './draft.ts';
import { meetingToCome } from './meeting.ts';
import { inColumnOrder, type RowError, SET_MEETING_LATER } from './messages.ts';
import type { NewSession, OptionField } from './session.ts';
import type { OrganisationSettings } from './settings.ts';
import { calendarOf, findConflict, type SlotConflict, slotTaken } from './slot-conflict.ts';
import type { Calendar } from './slots.ts';

export interface DecideContext {
  readonly organisationId: string;
  readonly settings: OrganisationSettings;
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
      : findConflict(mentor, slot, calendarOf(mentor.id, calendars), context.settings);
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
