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

/** What an import's document holds of them: the first and the last, which overlap while there are few. */
export interface ImportEvents {
  /** Oldest first. */
  events?: ImportEvent[];
  /** Absent in an import of an earlier version. */
  firstEvents?: ImportEvent[];
  /** Of all that happened. */
  eventCount?: number;
}

/** An import that is tried again and again must not grow without end; how it began tells why it is. */
const FIRST_EVENTS = 20;
const LAST_EVENTS = 100;

/** Update operators that note what happened, in the write by which it happens. */
export function pushEvent(event: ImportEvent): { $push: never; $inc: never } {
  const noted = {
    $push: {
      events: { $each: [event], $slice: -LAST_EVENTS },
      firstEvents: { $each: [event], $slice: FIRST_EVENTS },
    },
    $inc: { eventCount: 1 },
  };
  // The driver's types do not know the document.
  return noted as { $push: never; $inc: never };
}

/** The same as values of an update pipeline; `event` may hold expressions, and texts of others as `$literal`. */
export function withEvent(event: Partial<Record<keyof ImportEvent, unknown>>) {
  const before = { $ifNull: ['$events', []] };
  return {
    events: { $slice: [{ $concatArrays: [before, [event]] }, -LAST_EVENTS] },
    firstEvents: {
      $slice: [{ $concatArrays: [{ $ifNull: ['$firstEvents', before] }, [event]] }, FIRST_EVENTS],
    },
    eventCount: { $add: [{ $ifNull: ['$eventCount', { $size: before }] }, 1] },
  };
}

/** What is told of an import's events. */
export interface KeptEvents {
  /** How it began; empty where nothing is missing, or the beginning is not kept. */
  first: ImportEvent[];
  /** How many there were between those and the rest; `null`: unknown, as an earlier version did not count them. */
  leftOut: number | null;
  /** The rest. */
  last: ImportEvent[];
}

export function keptEvents({ events = [], firstEvents = [], eventCount = 0 }: ImportEvents): KeptEvents {
  if (events[0]?.what === 'accepted' || events.length === 0) return { first: [], leftOut: 0, last: events };
  // Written by an earlier version at first: these are not the first.
  if (firstEvents[0]?.what !== 'accepted') return { first: [], leftOut: null, last: events };
  const missing = Math.max(0, eventCount - events.length);
  const first = firstEvents.slice(0, missing);
  return { first, leftOut: missing - first.length, last: events };
}
