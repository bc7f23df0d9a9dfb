import type { FieldNames, RowError, SlotConflict } from '@mentorline/domain';
import { AppError, type FieldFault } from '@mentorline/runtime';
import { utcText } from '../http/utc-text.ts';
import { pointerTo } from './read-session-input.ts';

interface Refused {
  readonly errors: readonly RowError[];
  readonly conflict?: SlotConflict;
}

/** What the rules found, each fault under the field of the request that it is about. */
export function faultsOf({ errors, conflict }: Refused, names: FieldNames): FieldFault[] {
  return errors.map(({ code, field, message }) => ({
    // The id of a session stands in the address, where no pointer leads.
    ...(field === 'id' ? {} : { pointer: pointerTo(field, names) }),
    code,
    message,
    ...(code === 'MENTOR_SLOT_TAKEN' && conflict ? { conflict: presentConflict(conflict) } : {}),
  }));
}

/** @param detail for when the faults are several, or of fields only */
export function refusal(refused: Refused, names: FieldNames, detail: string): AppError {
  const faults = faultsOf(refused, names);
  const { errors } = refused;
  const [first] = errors;
  // Nothing is wrong with the request itself then: it comes at the wrong time.
  if (errors.length === 1 && (first?.code === 'MENTOR_SLOT_TAKEN' || first?.code === 'SESSION_LOCKED')) {
    return new AppError(first.code, first.message, { faults });
  }
  return new AppError('VALIDATION_FAILED', detail, { faults });
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
