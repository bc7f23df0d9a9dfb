import { Types } from 'mongoose';
import type { DryRunSessionDocument } from './dry-run.model.ts';
import type { Models } from './models.ts';
import type { OptionClaim, OptionStore } from './option.store.ts';
import type { BookedSession, SessionStore, StoredSession } from './session.store.ts';
import {
  type Calendars,
  calendarsOf,
  inWindows,
  mergeWindows,
  SLOT_FIELDS,
  type SlotReader,
  type SlotRequest,
  type SlotStore,
  type StoredSlot,
} from './slot.store.ts';
import type { Transaction } from './transaction.ts';

/** Where an import's rows find sessions and leave what they make of them. */
export interface SessionBook {
  /** Makes ready for `open`. Outside any transaction. */
  prepare(mentorIds: Iterable<string>): Promise<void>;
  /** From here on nobody else writes these mentors' calendars until the transaction ends. */
  open(transaction: Transaction, mentorIds: Iterable<string>): Promise<OpenSessionBook>;
}

export interface OpenSessionBook {
  /** The organisation's sessions behind the ids, cancelled ones too. */
  readSessions(ids: Iterable<string>): Promise<Map<string, BookedSession>>;
  readCalendars(requests: readonly SlotRequest[]): Promise<Calendars>;
  write(changes: SessionChanges): Promise<void>;
}

export interface SessionChanges {
  published: readonly StoredSession[];
  /** The new state of sessions that exist; a deleted one has `cancelledAt`. */
  changed: readonly BookedSession[];
  claims: readonly OptionClaim[];
}

/** An import; `quiet`: nobody is told of what it does. */
export type BookSource = Required<SlotReader> & { userId: string; quiet?: boolean };
type Stores = { slots: SlotStore; sessions: SessionStore; options: OptionStore };

/** The sessions themselves. */
export function sessionBook({ slots, sessions, options }: Stores, source: BookSource): SessionBook {
  return {
    prepare: (mentorIds) => slots.ensureLocks(mentorIds),
    async open(transaction, mentorIds) {
      const locked = await slots.lockMentors(transaction, source, mentorIds);
      return {
        readSessions: (ids) => sessions.readSessions(source.organisationId, ids, transaction),
        readCalendars: (requests) => locked.readCalendars(requests),
        async write({ published, changed, claims }) {
          const at = new Date();
          // First, as two chunks may want the same new option: the one that comes too late has little to do again.
          await options.claimOptions(transaction, source, claims);
          await sessions.insertSessions(transaction, { ...source, at }, published);
          await sessions.updateSessions(transaction, { ...source, at }, changed);
        },
      };
    },
  };
}

/**
 * A dry run's book: shows the sessions as the import's rows would have left them, and stores none. Nobody is kept from
 * writing: what counts is what is booked at the moment, and the rows before.
 */
export function dryRunSessionBook(
  { Session, DryRunSession }: Models,
  { sessions }: Pick<Stores, 'sessions'>,
  source: BookSource,
): SessionBook {
  const importId = new Types.ObjectId(source.importId);
  const dryRun = DryRunSession.collection;
  return {
    async prepare() {},
    async open(transaction) {
      const session = transaction;
      return {
        async readSessions(ids) {
          const found = await sessions.readSessions(source.organisationId, ids, transaction);
          const sessionIds = [...found.keys()].map((id) => new Types.ObjectId(id));
          const changed = dryRun.find<DryRunSessionDocument>(
            { importId, sessionId: { $in: sessionIds } },
            { session },
          );
          for await (const { session: state } of changed) if (state) found.set(state.id, state);
          return found;
        },
        async readCalendars(requests) {
          const windows = mergeWindows(requests);
          if (windows.size === 0) return new Map();
          const booked = new Map<string, StoredSlot>();
          const filter = { cancelledAt: null, ...inWindows(windows) };
          for await (const slot of Session.collection.find<StoredSlot>(filter, {
            session,
            projection: SLOT_FIELDS,
          })) {
            booked.set(slot._id.toHexString(), slot);
          }
          // A session that the rows before have moved or deleted stands where they left it, if anywhere.
          const sessionIds = [...booked.values()].map(({ _id }) => _id);
          const moved = dryRun.find<DryRunSessionDocument>(
            { importId, sessionId: { $in: sessionIds } },
            { session },
          );
          for await (const { sessionId } of moved) booked.delete(sessionId!.toHexString());
          for await (const slot of dryRun.find<DryRunSessionDocument>({ importId, ...filter }, { session })) {
            booked.set(slot._id.toHexString(), asStored(slot, source));
          }
          return calendarsOf(windows, booked.values(), source);
        },
        async write({ published, changed }) {
          const states = [
            ...published.map(({ session: { mentorId, startMs, endMs }, row }) => ({
              ...{ mentorId: new Types.ObjectId(mentorId), start: new Date(startMs), end: new Date(endMs) },
              ...{ row: row ?? null, sessionId: null, session: null, cancelledAt: null },
            })),
            ...changed.map((state) => ({
              ...{ mentorId: new Types.ObjectId(state.mentorId), start: state.start, end: state.end },
              ...{ row: null, sessionId: new Types.ObjectId(state.id), session: state },
              cancelledAt: state.cancelledAt,
            })),
          ];
          if (states.length === 0) return;
          const replaced = changed.map(({ id }) => new Types.ObjectId(id));
          await dryRun.deleteMany({ importId, sessionId: { $in: replaced } }, { session });
          await dryRun.insertMany(
            states.map((state): DryRunSessionDocument => ({ _id: new Types.ObjectId(), importId, ...state })),
            { session },
          );
        },
      };
    },
  };
}

function asStored(slot: DryRunSessionDocument, { organisationId, importId }: BookSource): StoredSlot {
  const { _id, sessionId, row, mentorId, start, end } = slot;
  return {
    _id: sessionId ?? _id,
    ...{ mentorId, start, end, organisationId: new Types.ObjectId(organisationId) },
    ...(row === null ? {} : { importId: new Types.ObjectId(importId), importRow: row }),
  };
}
