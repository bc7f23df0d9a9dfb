import { type BookedSlot, Calendar, calendarWindow, type Slot } from '@mentorline/domain';
import { LRUCache } from 'lru-cache';
import { Types } from 'mongoose';
import { ensureDocuments } from './ensure-documents.ts';
import { isTimeUp } from './failures.ts';
import type { Models } from './models.ts';
import type { SessionDocument } from './session.model.ts';
import type { Transaction } from './transaction.ts';

/** A slot somebody wants in a mentor's calendar (`all`: it is not known yet which); `slotGapMinutes` is the mentor's. */
export interface SlotRequest {
  mentorId: string;
  slot: Slot | 'all';
  slotGapMinutes: number;
}

/** By mentor id. */
export type Calendars = ReadonlyMap<string, Calendar>;

/** In whose eyes calendars are read: it says how the holder of a slot is named. */
export interface SlotReader {
  organisationId: string;
  importId?: string;
}

/** The calendars of mentors whose locks a transaction holds. */
export interface LockedMentors {
  /** The slots around those requested: enough to decide each and to name the next free time of its day. */
  readCalendars(requests: readonly SlotRequest[]): Promise<Calendars>;
}

const KNOWN_LOCKS = 100_000;
const LOCK_WAIT_MS = 5_000;
const ALWAYS = { fromMs: Date.UTC(0, 0), toMs: Date.UTC(9999, 11, 31) };

export function slotStore({ Session, MentorLock }: Models) {
  // By size: with `max` it would take the room for all of them at once, at every start.
  const known = new LRUCache<string, true>({ maxSize: KNOWN_LOCKS, sizeCalculation: () => 1 });

  const readCalendars = async (
    reader: SlotReader,
    requests: readonly SlotRequest[],
    transaction?: Transaction,
  ): Promise<Calendars> => {
    const windows = mergeWindows(requests);
    const slots: StoredSlot[] = [];
    if (windows.size > 0) {
      const options = { projection: SLOT_FIELDS, batchSize: 10_000 };
      for await (const slot of Session.collection.find<StoredSlot>(
        { cancelledAt: null, ...inWindows(windows) },
        transaction ? { ...options, session: transaction } : options,
      )) {
        slots.push(slot);
      }
    }
    return calendarsOf(windows, slots, reader);
  };

  return {
    /** Makes the mentors' lock documents exist. Outside any transaction, see {@link ensureDocuments}. */
    async ensureLocks(mentorIds: Iterable<string>): Promise<void> {
      const missing = [...new Set(mentorIds)].filter((id) => !known.has(id));
      const ids = missing.map((id) => new Types.ObjectId(id));
      await ensureDocuments(MentorLock.collection, ids, { sequence: 0 });
      for (const id of missing) known.set(id, true);
    },

    /**
     * Waits, for at most five seconds, until no transaction holds the mentor's lock. A transaction that asks for a lock
     * in other hands fails at once, and finds it in other hands again when it comes back; a write by itself is queued.
     */
    async awaitLock(mentorId: string): Promise<void> {
      try {
        await MentorLock.collection.updateOne(
          { _id: new Types.ObjectId(mentorId) },
          { $inc: { sequence: 1 } },
          { maxTimeMS: LOCK_WAIT_MS },
        );
      } catch (error) {
        if (!isTimeUp(error)) throw error;
      }
    },

    /**
     * The one way to mentors' calendars for whoever is going to write them: takes the mentors' locks. Two transactions
     * that lock the same mentor cannot both commit, so what is read from here on still holds at commit.
     * @throws when a lock document is missing: call `ensureLocks` first, outside the transaction
     */
    async lockMentors(
      transaction: Transaction,
      reader: SlotReader,
      mentorIds: Iterable<string>,
    ): Promise<LockedMentors> {
      const ids = [...new Set(mentorIds)];
      if (ids.length > 0) {
        const locked = await MentorLock.collection.updateMany(
          { _id: { $in: ids.map((id) => new Types.ObjectId(id)) } },
          { $inc: { sequence: 1 } },
          { session: transaction },
        );
        if (locked.matchedCount !== ids.length) {
          known.clear();
          throw new Error(`${ids.length - locked.matchedCount} mentor locks are missing`);
        }
      }
      return {
        readCalendars: (requests) => readCalendars(reader, requests, transaction),
      };
    },

    /** The same without any lock: to show what is booked at the moment, never to write by it. */
    peekCalendars: (reader: SlotReader, requests: readonly SlotRequest[]): Promise<Calendars> =>
      readCalendars(reader, requests),
  };
}

/** Of a session, what a calendar needs. */
export type StoredSlot = Pick<
  SessionDocument,
  '_id' | 'mentorId' | 'start' | 'end' | 'organisationId' | 'importId' | 'importRow'
>;

export const SLOT_FIELDS = { mentorId: 1, start: 1, end: 1, organisationId: 1, importId: 1, importRow: 1 };

/** Filter: what starts in one of the windows. One index range a window; nested alternatives would make the planner try each. */
export function inWindows(windows: Windows) {
  return {
    $or: [...windows].flatMap(([mentorId, ranges]) =>
      ranges.map(({ fromMs, toMs }) => ({
        mentorId: new Types.ObjectId(mentorId),
        start: { $gte: new Date(fromMs), $lte: new Date(toMs) },
      })),
    ),
  };
}

/** A calendar for each mentor that has a window. */
export function calendarsOf(windows: Windows, stored: Iterable<StoredSlot>, reader: SlotReader): Calendars {
  const slots = new Map<string, BookedSlot[]>([...windows.keys()].map((id) => [id, []]));
  for (const { _id, mentorId, start, end, organisationId, importId, importRow } of stored) {
    const holder: BookedSlot['holder'] =
      reader.importId && importRow !== undefined && importId?.toHexString() === reader.importId
        ? { kind: 'row', row: importRow }
        : organisationId.toHexString() === reader.organisationId
          ? { kind: 'session', sessionId: _id.toHexString() }
          : { kind: 'foreign' };
    slots.get(mentorId.toHexString())?.push({ startMs: start.getTime(), endMs: end.getTime(), holder });
  }
  return new Map([...slots].map(([mentorId, booked]) => [mentorId, new Calendar(booked)]));
}

interface Window {
  fromMs: number;
  toMs: number;
}

/** By mentor id. */
export type Windows = ReadonlyMap<string, readonly Window[]>;

/** By mentor: the start times that must be read, overlapping windows made one. */
export function mergeWindows(requests: readonly SlotRequest[]): Windows {
  const byMentor = new Map<string, Window[]>();
  for (const { mentorId, slot, slotGapMinutes } of requests) {
    const window = slot === 'all' ? ALWAYS : calendarWindow(slot, slotGapMinutes);
    const list = byMentor.get(mentorId);
    if (list) list.push(window);
    else byMentor.set(mentorId, [window]);
  }
  for (const [mentorId, list] of byMentor) {
    list.sort((a, b) => a.fromMs - b.fromMs);
    const merged: Window[] = [];
    for (const window of list) {
      const last = merged.at(-1);
      if (last && window.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, window.toMs);
      else merged.push({ ...window });
    }
    byMentor.set(mentorId, merged);
  }
  return byMentor;
}

export type SlotStore = ReturnType<typeof slotStore>;
