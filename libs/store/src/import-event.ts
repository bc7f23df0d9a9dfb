import type { ImportStatus } from '@mentorline/domain';
import type { DescribedError } from '@mentorline/runtime';

/** Something that happened to an import: what, never what was in it. */
export interface ImportEvent {
  at: Date;
  what:
    | 'accepted'
    | 'claimed'
    | 'moved'
    | 'put-back'
    | 'interrupted'
    | 'cancel-requested'
    | 'released'
    | 'retried'
    | 'dismissed';
  /** Where it stood then; of a move, where it went. */
  status: ImportStatus;
  /** The process that did it. */
  processId?: string;
  /** The person who did it. */
  userId?: string;
  /** Of a claim: which it is, counted from 1. */
  attempt?: number;
  /** Of a claim: the worker before was lost with it. */
  takenOver?: boolean;
  /** Of what a worker left: why, in a word. Of a failure: its code. */
  reason?: string;
  /** Of a failure that lies in the file. */
  row?: number | null;
  /** Of a retry, and of what was retried: the other import. */
  importId?: string;
  error?: DescribedError;
}

/** The last are kept: an import that is tried again and again must not grow without end. */
const MOST_EVENTS = 100;

/** Update operator that notes what happened, in the write by which it happens. */
export function pushEvent(event: ImportEvent): { $push: never } {
  // The driver's types do not know the document.
  return { $push: { events: { $each: [event], $slice: -MOST_EVENTS } } as never };
}

/** The same as a value of an update pipeline; `event` may hold expressions, and texts of others as `$literal`. */
export function withEvent(event: Partial<Record<keyof ImportEvent, unknown>>) {
  return { $slice: [{ $concatArrays: [{ $ifNull: ['$events', []] }, [event]] }, -MOST_EVENTS] };
}
