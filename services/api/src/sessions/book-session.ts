import {
  checkSession,
  type Decision,
  decideSession,
  type FieldNames,
  type SlotConflict,
} from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import { type Actor, newId, type Organisation, type Session, type Store, type User } from '@mentorline/store';
import { utcText } from '../http/utc-text.ts';
import { pointerTo, readSessionInput, type SessionInput } from './read-session-input.ts';

/** How long a booking competes with others for the mentor's lock. */
const PATIENCE_MS = 30_000;

interface BookingDeps {
  store: Store;
  now: () => Date;
}

/**
 * Publishes a session: its slot is decided and taken in one transaction that holds the mentor's lock.
 * @throws AppError MENTOR_SLOT_TAKEN when the slot is all that is wrong, VALIDATION_FAILED with every fault otherwise
 */
export async function bookSession(
  { store, now }: BookingDeps,
  by: { user: User; organisation: Organisation; actor: Actor },
  input: SessionInput,
): Promise<Session> {
  const { user, organisation, actor } = by;
  const { settings, id: organisationId } = organisation;
  const at = now();
  const { draft, errors, names } = readSessionInput(input, organisation);
  const references = [draft.mentor ?? [], draft.mentees ?? []].flat();
  const people = await store.users.findPeople(organisation, references);
  const checked = checkSession(draft, {
    directory: { find: (reference) => people.get(reference) },
    options: await store.options.loadCatalogue(organisationId),
    settings,
    nowMs: at.getTime(),
    names,
  });
  const { mentor, slot } = checked;
  const requests =
    mentor && slot ? [{ mentorId: mentor.id, slot, slotGapMinutes: mentor.slotGapMinutes }] : [];
  await store.slots.ensureLocks(requests.map(({ mentorId }) => mentorId));

  const id = newId();
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const decision = await store.transaction(async (transaction) => {
    if (patience.aborted) throw new AppError('UNAVAILABLE', 'Many are booking this mentor; please try again');
    const mentorIds = requests.map(({ mentorId }) => mentorId);
    const locked = await store.slots.lockMentors(transaction, { organisationId }, mentorIds);
    const calendars = await locked.readCalendars(requests);
    const decided = decideSession(draft, checked, errors, calendars, { organisationId, settings });
    if (decided.outcome === 'published') {
      const claims = decided.newOptions.map((option) => ({ ...option, row: null }));
      await store.options.claimOptions(transaction, { organisationId }, claims);
      await store.sessions.insertSessions(transaction, { userId: user.id, at }, [
        { id, session: decided.session },
      ]);
      await store.audit.noteWrite(transaction, actor, {
        ...{ at, action: 'session.created', target: { kind: 'session', id } },
      });
    }
    return decided;
  });
  if (decision.outcome === 'invalid') throw refusal(decision, names);

  const session = await store.sessions.findSession(id, [{ kind: 'organisation', organisationId }], at);
  if (!session) throw new Error(`Session ${id} was published and cannot be found`);
  return session;
}

function refusal(decision: Extract<Decision, { outcome: 'invalid' }>, names: FieldNames): AppError {
  const { errors, conflict } = decision;
  const faults = errors.map(({ code, field, message }) => ({
    pointer: pointerTo(field, names),
    code,
    message,
    ...(code === 'MENTOR_SLOT_TAKEN' && conflict ? { conflict: presentConflict(conflict) } : {}),
  }));
  const [first] = errors;
  return errors.length === 1 && first?.code === 'MENTOR_SLOT_TAKEN'
    ? new AppError('MENTOR_SLOT_TAKEN', first.message, { faults })
    : new AppError('VALIDATION_FAILED', 'The session cannot be published; see errors', { faults });
}

/** Another organisation's session is named by its times only. */
function presentConflict({ holder, startMs, endMs, nextFreeMs }: SlotConflict) {
  return {
    sessionId: holder.kind === 'session' ? holder.sessionId : null,
    start: utcText(new Date(startMs)),
    end: utcText(new Date(endMs)),
    nextFree: nextFreeMs === undefined ? null : utcText(new Date(nextFreeMs)),
  };
}
