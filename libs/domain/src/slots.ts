import { LONGEST_SESSION_MINUTES } from './settings.ts';
import { MINUTE_MS } from './zone.ts';

/** Closed interval in a mentor's calendar, UTC, whole minutes. */
export interface Slot {
  readonly startMs: number;
  readonly endMs: number;
}

/** Who holds a slot; `foreign`: a session of another organisation, whose id must not be shown. */
export type SlotHolder =
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'row'; readonly row: number }
  | { readonly kind: 'foreign' };

export interface BookedSlot extends Slot {
  readonly holder: SlotHolder;
}

/** Slots conflict if they overlap, touch, or lie nearer than the gap. */
export function slotsConflict(a: Slot, b: Slot, gapMinutes: number): boolean {
  const gapMs = gapMinutes * MINUTE_MS;
  return a.startMs <= b.endMs + gapMs && b.startMs <= a.endMs + gapMs;
}

/** The longest a local day lasts is 25 hours; some zones once moved by more. */
const DAY_REACH_MS = 26 * 60 * MINUTE_MS;

/**
 * Between which start times (UTC ms, inclusive) a mentor's sessions must be at hand to decide a slot and
 * to name the next free time that day in any zone.
 */
export function calendarWindow(slot: Slot, gapMinutes: number): { fromMs: number; toMs: number } {
  const gapMs = gapMinutes * MINUTE_MS;
  return {
    fromMs: slot.startMs - LONGEST_SESSION_MINUTES * MINUTE_MS - gapMs,
    toMs: Math.max(slot.endMs, slot.startMs + DAY_REACH_MS) + gapMs,
  };
}

/** A mentor's booked slots, sorted by start. Right also where slots overlap, as after a change of the gap. */
export class Calendar {
  readonly #slots: BookedSlot[];
  #longestMs = 0;

  /** @param slots in any order */
  constructor(slots: Iterable<BookedSlot> = []) {
    this.#slots = [...slots].sort((a, b) => a.startMs - b.startMs);
    for (const slot of this.#slots) this.#measure(slot);
  }

  /** The conflicting slot that starts first. */
  conflictWith(slot: Slot, gapMinutes: number): BookedSlot | undefined {
    const gapMs = gapMinutes * MINUTE_MS;
    const first = this.#firstFrom(slot.startMs - gapMs - this.#longestMs);
    for (let index = first; index < this.#slots.length; index += 1) {
      const booked = this.#slots[index]!;
      if (booked.startMs > slot.endMs + gapMs) return undefined;
      if (slotsConflict(slot, booked, gapMinutes)) return booked;
    }
    return undefined;
  }

  /** All slots that conflict, by start. */
  slotsNear(slot: Slot, gapMinutes: number): BookedSlot[] {
    return this.#slots.filter((booked) => slotsConflict(slot, booked, gapMinutes));
  }

  /** Whether the slot is free is for the caller to have asked. */
  book(slot: BookedSlot): void {
    const last = this.#slots.at(-1);
    if (last === undefined || last.startMs <= slot.startMs) this.#slots.push(slot);
    else this.#slots.splice(this.#firstFrom(slot.startMs), 0, slot);
    this.#measure(slot);
  }

  /** Frees a stored session's slot, as before it is moved or deleted; returns it for booking it again. */
  release(sessionId: string): BookedSlot | undefined {
    const index = this.#slots.findIndex(
      ({ holder }) => holder.kind === 'session' && holder.sessionId === sessionId,
    );
    return index === -1 ? undefined : this.#slots.splice(index, 1)[0];
  }

  /**
   * The earliest start, not before the slot's own, at which a slot of its length is free and lies wholly
   * in the window.
   * @returns UTC ms at minute precision, `undefined` if there is none
   */
  nextFreeStart(
    slot: Slot,
    gapMinutes: number,
    window: { readonly fromMs: number; readonly toMs: number },
  ): number | undefined {
    const lengthMs = slot.endMs - slot.startMs;
    let startMs = Math.ceil(Math.max(slot.startMs, window.fromMs) / MINUTE_MS) * MINUTE_MS;
    while (startMs + lengthMs <= window.toMs) {
      const conflict = this.conflictWith({ startMs, endMs: startMs + lengthMs }, gapMinutes);
      if (conflict === undefined) return startMs;
      // Touching is a conflict too: the first start after the gap is one minute past it.
      startMs = (Math.floor(conflict.endMs / MINUTE_MS) + gapMinutes + 1) * MINUTE_MS;
    }
    return undefined;
  }

  #measure(slot: Slot): void {
    this.#longestMs = Math.max(this.#longestMs, slot.endMs - slot.startMs);
  }

  /** Index of the first slot that starts at or after a moment. */
  #firstFrom(startMs: number): number {
    let low = 0;
    let high = this.#slots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#slots[middle]!.startMs < startMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
