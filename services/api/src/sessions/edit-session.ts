import {
  type CheckContext,
  changeLock,
  checkChange,
  type DraftField,
  decideChange,
  decideDeletion,
} from '@mentorline/domain';
import type { Organisation, Session } from '@mentorline/store';
import { type ChangeDeps, type ChangedBy, changeSession, refusedChange } from './change-session.ts';
import { type ReadEdit, readMeetingInput, readSessionEdit } from './read-session-edit.ts';
import { type MeetingInput, places, pointerTo, type SessionEdit } from './read-session-input.ts';
import { refusal } from './refusal.ts';

/**
 * Changes what differs, under the rules by which an import's Edit rows do.
 * @param organisation the session's
 * @throws AppError MENTOR_SLOT_TAKEN, SESSION_LOCKED when that is all that is wrong, VALIDATION_FAILED with every
 * fault otherwise
 */
export function editSession(
  deps: ChangeDeps,
  by: ChangedBy,
  organisation: Organisation,
  session: Session,
  input: SessionEdit,
): Promise<void> {
  return applyEdit(deps, by, organisation, session, readSessionEdit(input, organisation.customFields));
}

/** Puts another meeting in the place of the session's; allowed until it is completed. */
export function setMeeting(
  deps: ChangeDeps,
  by: ChangedBy,
  organisation: Organisation,
  session: Session,
  input: MeetingInput,
): Promise<void> {
  return applyEdit(deps, by, organisation, session, readMeetingInput(input));
}

async function applyEdit(
  deps: ChangeDeps,
  by: ChangedBy,
  organisation: Organisation,
  session: Session,
  edit: ReadEdit,
): Promise<void> {
  const { store } = deps;
  const { settings } = organisation;
  const { change, errors, names } = edit;
  const { recommendedFor = [], categories = [], medium = [], mentees = [] } = change;
  const people = await store.users.findPeople(organisation, mentees);
  // Whoever has been deleted since is not found the next time.
  if (!(await store.users.keepPeople(people.values()))) {
    return applyEdit(deps, by, organisation, session, edit);
  }
  const context: Omit<CheckContext, 'nowMs'> = {
    directory: { find: (reference) => people.get(reference) },
    options: await store.options.loadNamed(organisation.id, { recommendedFor, categories, medium }),
    settings,
    names,
  };
  const reading = { id: session.id, doneEarlier: false, errors, change };
  await changeSession(deps, by, session, async (current, { at, readCalendars }) => {
    const nowMs = at.getTime();
    const locked = current.cancelled && changeLock(current, nowMs, 'edited');
    if (locked) throw refusedChange(locked);
    const checked = checkChange(current, change, { ...context, nowMs });
    const { id: mentorId, slotGapMinutes } = current.mentor;
    const { slot } = checked;
    const calendars = await readCalendars(slot ? [{ mentorId, slot, slotGapMinutes }] : []);
    const decision = decideChange(current, reading, checked, calendars, { settings });
    if (decision.outcome === 'invalid') {
      throw refusal(decision, names, 'The session cannot be changed like this; see errors');
    }
    if (decision.outcome === 'unchanged') return undefined;
    const { session: changed, newOptions } = decision;
    return { session: changed, action: 'session.updated', fields: namesOf(checked.differing), newOptions };
  });
}

/** The fields of a session, as its answers name them. */
function namesOf(differing: ReadonlySet<DraftField>): string[] {
  return [...new Set([...differing].map((field) => pointerTo(field, places({})).split('/')[1]!))];
}

/**
 * Cancels a session: it is kept, and its slot is free. One that is cancelled already stays so.
 * @throws AppError SESSION_LOCKED for a live or completed one
 */
export async function cancelSession(deps: ChangeDeps, by: ChangedBy, session: Session): Promise<void> {
  const reading = { id: session.id, doneEarlier: true, errors: [] };
  await changeSession(deps, by, session, async (current, { at }) => {
    const decision = decideDeletion(current, reading, at.getTime());
    if (decision.outcome === 'invalid') throw refusedChange(decision.errors[0]!);
    if (decision.outcome === 'unchanged') return undefined;
    return { session: decision.session, action: 'session.cancelled' };
  });
}
