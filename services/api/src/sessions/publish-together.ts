import { type Decision, decideSession } from '@mentorline/domain';
import {
  type Actor,
  isUnavailable,
  type LockedMentors,
  type Organisation,
  type Session,
  type SlotRequest,
  type Store,
  type Transaction,
  type User,
} from '@mentorline/store';
import { type CheckedBooking, mayBePublished } from './check-booking.ts';
import { holdMentor } from './hold-mentor.ts';

/** A session that is to be published, if its mentor's calendar lets it. */
export interface Booking {
  /** The session's. */
  id: string;
  at: Date;
  user: User;
  organisation: Organisation;
  actor: Actor;
  read: CheckedBooking;
}

type Booked = { outcome: 'published'; session: Session } | Extract<Decision, { outcome: 'invalid' }>;

/** A transaction of so many sessions is short enough for those who wait for the next. */
const MOST_TOGETHER = 50;

interface Waiting {
  booking: Booking;
  /** `undefined`: it has to be published by itself. */
  resolve: (booked: Booked | undefined) => void;
  reject: (error: unknown) => void;
}

/** Of each connection, by organisation: those that wait for the transaction at hand to end. */
const queuesOf = new WeakMap<Store, Map<string, Waiting[]>>();

/**
 * Publishes a session in one transaction that holds its mentor's lock. Sessions of one organisation that come while
 * such a transaction runs are published together in the next, as an import's rows are: what a transaction costs is
 * mostly the trips to the database, and they are the same for one and for many. Each is decided for itself. A group
 * that meets another writer of one of its mentors breaks up, so that only that mentor's session waits.
 */
export async function publishSession(store: Store, booking: Booking): Promise<Booked> {
  return (await joinGroup(store, booking)) ?? publishAlone(store, booking);
}

async function publishAlone(store: Store, booking: Booking): Promise<Booked> {
  const { organisation, read } = booking;
  const mentor = { organisationId: organisation.id, mentorId: mentorOf(read.requests) };
  const [booked] = await holdMentor(store, mentor, (transaction, locked) =>
    publishLocked(store, transaction, locked, [booking]),
  );
  return booked!;
}

async function joinGroup(store: Store, booking: Booking): Promise<Booked | undefined> {
  // What is refused anyway takes no lock together with what is not.
  if (!mayBePublished(booking.read)) return undefined;
  const queues = queuesOf.get(store) ?? new Map<string, Waiting[]>();
  queuesOf.set(store, queues);
  const { id } = booking.organisation;
  const running = queues.get(id);
  const queue = running ?? [];
  const joined = new Promise<Booked | undefined>((resolve, reject) => {
    queue.push({ booking, resolve, reject });
  });
  if (!running) {
    queues.set(id, queue);
    // Ends in the same turn in which it finds nobody: nobody can be left in a queue that is worked off no longer.
    void workOff(store, queue, () => queues.delete(id));
  }
  return joined;
}

/** One group after the other, until nobody waits any more. Nothing is thrown: each gets to know of its own. */
async function workOff(store: Store, queue: Waiting[], end: () => void): Promise<void> {
  while (queue.length > 0) {
    const group = takeGroup(queue);
    try {
      const booked = await publishGroup(
        store,
        group.map(({ booking }) => booking),
      );
      for (const [index, { resolve }] of group.entries()) resolve(booked?.[index]);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
  end();
}

/** The first that wait, one of each mentor: a mentor's next is decided on what the one before has left. */
function takeGroup(queue: Waiting[]): Waiting[] {
  const group = new Map<string | undefined, Waiting>();
  for (const waiting of queue) {
    const mentorId = mentorOf(waiting.booking.read.requests);
    if (group.size < MOST_TOGETHER && !group.has(mentorId)) group.set(mentorId, waiting);
  }
  const taken = new Set(group.values());
  queue.splice(0, queue.length, ...queue.filter((waiting) => !taken.has(waiting)));
  return [...taken];
}

class BrokenUp extends Error {}

/**
 * @returns undefined when nothing was published and each may be tried alone
 * @throws what befalls all of them: the database is away, or does not say whether they are published
 */
async function publishGroup(store: Store, group: readonly Booking[]): Promise<Booked[] | undefined> {
  const requests = group.flatMap(({ read }) => read.requests);
  const mentorIds = requests.map(({ mentorId }) => mentorId);
  let tries = 0;
  let isWritten = false;
  try {
    await store.slots.ensureLocks(mentorIds);
    return await store.transaction(async (transaction) => {
      tries += 1;
      // It has met another writer, and was rolled back.
      if (tries > 1) throw new BrokenUp();
      const { id: organisationId } = group[0]!.organisation;
      const locked = await store.slots.lockMentors(transaction, { organisationId }, mentorIds);
      const booked = await publishLocked(store, transaction, locked, group);
      isWritten = true;
      return booked;
    });
  } catch (error) {
    if (error instanceof BrokenUp || !(isWritten || isUnavailable(error))) return undefined;
    throw error;
  }
}

/** Decides the sessions of one organisation and stores those that are all right. */
async function publishLocked(
  store: Store,
  transaction: Transaction,
  locked: LockedMentors,
  bookings: readonly Booking[],
): Promise<Booked[]> {
  const calendars = await locked.readCalendars(bookings.flatMap(({ read }) => read.requests));
  const decided = bookings.map((booking) => {
    const { organisation, read } = booking;
    const { settings, id: organisationId } = organisation;
    const context = { organisationId, settings };
    return { booking, decision: decideSession(read.draft, read.checked, read.errors, calendars, context) };
  });
  const published = decided.flatMap(({ booking, decision }) =>
    decision.outcome === 'published' ? [{ booking, decision }] : [],
  );
  if (published.length > 0) {
    const { id: organisationId } = bookings[0]!.organisation;
    const claims = published.flatMap(({ decision }) =>
      decision.newOptions.map(
        (option) => [`${option.field}:${option.value}`, { ...option, row: null }] as const,
      ),
    );
    await store.options.claimOptions(transaction, { organisationId }, [...new Map(claims).values()]);
  }
  const sessions = await store.sessions.insertNewSessions(
    transaction,
    published.map(({ booking: { id, user, at }, decision: { session } }) => ({
      ...{ id, session, by: { userId: user.id, at } },
    })),
  );
  await store.audit.noteWrites(
    transaction,
    published.map(({ booking: { id, actor, at } }) => ({
      ...{ actor, at, action: 'session.created', target: { kind: 'session', id } },
    })),
  );
  const stored = new Map(sessions.map((session) => [session.id, session]));
  return decided.map(({ booking, decision }) =>
    decision.outcome === 'invalid'
      ? decision
      : { outcome: 'published' as const, session: stored.get(booking.id)! },
  );
}

function mentorOf(requests: readonly SlotRequest[]): string | undefined {
  return requests[0]?.mentorId;
}
