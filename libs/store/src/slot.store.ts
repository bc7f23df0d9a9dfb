import { type BookedSlot, Calendar, calendarWindow, type Slot } from '@mentorline/domain';
import { LRUCache } from 'lru-cache';
import { Types } from 'mongoose';
import type { Models } from './models.ts';
import type { SessionDocument } from './session.model.ts';
import type { Transaction } from './transaction.ts';

/** A slot somebody wants in a mentor's calendar; `slotGapMinutes` is the mentor's. */
export interface SlotRequest {
  mentorId: string;
  slot: Slot;
  slotGapMinutes: number;
}

/** By mentor id. */
export type Calendars = ReadonlyMap<string, Calendar>;

const KNOWN_LOCKS = 100_000;

export function slotStore({ Session, MentorLock }: Models) {
  const known = new LRUCache<string, true>({ max: KNOWN_LOCKS });

  return {
    /** Makes the mentors' lock documents exist. Outside any transaction: an upsert inside one is not safe to retry. */
    async ensureLocks(mentorIds: Iterable<string>): Promise<void> {
      const missing = [...new Set(mentorIds)].filter((id) => !known.has(id));
      if (missing.length === 0) return;
      await MentorLock.collection.bulkWrite(
        missing.map((id) => ({
          updateOne: {
            filter: { _id: new Types.ObjectId(id) },
            update: { $setOnInsert: { sequence: 0 } },
            upsert: true,
          },
        })),
        { ordered: false, writeConcern: { w: 'majority' } },
      );
      for (const id of missing) known.set(id, true);
    },

    /**
     * The one way to a mentor's calendar for whoever is going to write it. Takes the mentors' locks (two transactions
     * that touch the same mentor cannot both commit, so what is read here still holds at commit), then reads the
     * slots around those requested: enough to decide each and to name the next free time of its day.
     * @returns a calendar for each mentor requested
     * @throws when a lock document is missing: call `ensureLocks` first, outside the transaction
     */
    async lockCalendars(
      transaction: Transaction,
      reader: { organisationId: string; importId?: string },
      requests: readonly SlotRequest[],
    ): Promise<Calendars> {
      const windows = mergeWindows(requests);
      if (windows.size === 0) return new Map();
      const mentorIds = [...windows.keys()].map((id) => new Types.ObjectId(id));
      const locked = await MentorLock.collection.updateMany(
        { _id: { $in: mentorIds } },
        { $inc: { sequence: 1 } },
        { session: transaction },
      );
      if (locked.matchedCount !== windows.size) {
        known.clear();
        throw new Error(`${windows.size - locked.matchedCount} mentor locks are missing`);
      }
      const sessions = Session.collection.find<
        Pick<
          SessionDocument,
          '_id' | 'mentorId' | 'start' | 'end' | 'organisationId' | 'importId' | 'importRow'
        >
      >(
        {
          cancelledAt: null,
          // One index range a window; nested alternatives would make the planner try each by itself.
          $or: [...windows].flatMap(([mentorId, ranges]) =>
            ranges.map(({ fromMs, toMs }) => ({
              mentorId: new Types.ObjectId(mentorId),
              start: { $gte: new Date(fromMs), $lte: new Date(toMs) },
            })),
          ),
        },
        {
          session: transaction,
          projection: { mentorId: 1, start: 1, end: 1, organisationId: 1, importId: 1, importRow: 1 },
          batchSize: 10_000,
        },
      );
      const slots = new Map<string, BookedSlot[]>([...windows.keys()].map((id) => [id, []]));
      for await (const session of sessions) {
        const sessionId = session._id.toHexString();
        const holder: BookedSlot['holder'] =
          reader.importId &&
          session.importRow !== undefined &&
          session.importId?.toHexString() === reader.importId
            ? { kind: 'row', row: session.importRow }
            : session.organisationId.toHexString() === reader.organisationId
              ? { kind: 'session', sessionId }
              : { kind: 'foreign' };
        slots.get(session.mentorId.toHexString())?.push({
          startMs: session.start.getTime(),
          endMs: session.end.getTime(),
          holder,
        });
      }
      return new Map([...slots].map(([mentorId, booked]) => [mentorId, new Calendar(booked)]));
    },
  };
}

interface Window {
  fromMs: number;
  toMs: number;
}

/** By mentor: the start times that must be read, overlapping windows made one. */
function mergeWindows(requests: readonly SlotRequest[]): Map<string, Window[]> {
  const byMentor = new Map<string, Window[]>();
  for (const { mentorId, slot, slotGapMinutes } of requests) {
    const window = calendarWindow(slot, slotGapMinutes);
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
