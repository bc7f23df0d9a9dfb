import type { CurrentSession, RowError } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import {
  type Actor,
  idsIn,
  type LockedMentors,
  type OptionClaim,
  type Session,
  type Store,
  type Transaction,
  toBooked,
  toCurrent,
} from '@mentorline/store';
import { checkIfMatch } from '../http/if-match.ts';
import { holdMentor } from './hold-mentor.ts';

export interface ChangeDeps {
  store: Store;
  now: () => Date;
}

/** Who changes a session, and the version of it that they want to change. */
export interface ChangedBy {
  actor: Actor;
  ifMatch: string | undefined;
}

/** What a decision may look at beside the session; nobody else writes the mentor's sessions meanwhile. */
export interface Held extends LockedMentors {
  at: Date;
  transaction: Transaction;
}

/** What a decision comes to: the new state, its version counted up, and what the audit log says of it. */
export interface SessionWrite {
  session: CurrentSession;
  action: string;
  fields?: readonly string[];
  newOptions?: readonly Omit<OptionClaim, 'row'>[];
}

/**
 * Changes a session in one transaction that holds its mentor's lock: the one way for all that the gateway does to
 * sessions once they exist.
 * @param decide runs again after a conflict; what it throws leaves everything as it was, and nothing returned too
 * @throws AppError PRECONDITION_FAILED on a version that `ifMatch` does not name; what `decide` throws
 */
export async function changeSession(
  { store, now }: ChangeDeps,
  { actor, ifMatch }: ChangedBy,
  { id, organisationId, mentorId }: Session,
  decide: (current: CurrentSession, held: Held) => Promise<SessionWrite | undefined>,
): Promise<void> {
  await holdMentor(store, { organisationId, mentorId }, async (transaction, locked) => {
    const at = now();
    const booked = (await store.sessions.readSessions(organisationId, [id], transaction)).get(id);
    if (!booked) throw new Error(`Session ${id} can no longer be found`);
    checkIfMatch(ifMatch, booked);
    const current = toCurrent(booked, await store.users.findPeopleById(idsIn(booked)));
    const write = await decide(current, { ...locked, at, transaction });
    if (!write) return;
    const { session, action, fields, newOptions = [] } = write;
    const claims = newOptions.map((option) => ({ ...option, row: null }));
    await store.options.claimOptions(transaction, { organisationId }, claims);
    await store.sessions.updateSessions(transaction, { at }, [toBooked(session, at)]);
    // Told to the session's organisation: a shared mentor or mentee may be of another.
    await store.audit.noteWrite(
      transaction,
      { ...actor, organisationId },
      { at, action, target: { kind: 'session', id }, ...(fields ? { fields } : {}) },
    );
  });
}

/** What is against the state of the session rather than wrong with the request is a conflict with that state. */
export function refusedChange({ code, message }: RowError): AppError {
  const faults = [{ code, message }];
  return code === 'SESSION_LOCKED' || code === 'SEATS_FULL'
    ? new AppError(code, message, { faults })
    : new AppError('VALIDATION_FAILED', message, { faults });
}
