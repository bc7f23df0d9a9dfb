import type { SessionFacts } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { Models } from './models.ts';
import { findAtOnce } from './read-at-once.ts';
import { readTogether } from './read-together.ts';
import type { KnownSession, SessionDocument } from './session.model.ts';
import { type BookedSession, bookedFrom } from './session.store.ts';
import { earlier, nextReminder } from './session-telling.ts';
import type { Transaction } from './transaction.ts';

/** A session of which somebody has to be told something. */
export interface DueSession {
  session: BookedSession;
  /** `undefined` while all know it as it is. `before`: as they know it; `undefined` while nobody knows of it. */
  untold: { dueAt: Date; before: SessionFacts | undefined } | undefined;
  /** When people were to be reminded of it. */
  remindAt: Date | undefined;
}

/** What people have to be told of sessions. The session itself keeps it, written with whatever changes the session. */
export function sessionNewsStore({ Session }: Models) {
  const sessions = Session.collection;
  const findTogether = readTogether(async (ids) => {
    const found = await findAtOnce<
      Pick<SessionDocument, '_id' | 'mentorId' | 'mentees' | 'start' | 'cancelledAt'>
    >(
      Session,
      { _id: { $in: ids.map((id) => new Types.ObjectId(id)) } },
      { mentorId: 1, 'mentees.userId': 1, start: 1, cancelledAt: 1 },
    );
    return new Map(found.map((session) => [session._id.toHexString(), session]));
  });
  return {
    /** Sessions of which somebody has to be told something by now, those due longest first, with how many are in them. */
    async listDueSessions(now: Date, limit: number): Promise<{ id: string; people: number }[]> {
      const found = await sessions
        .find({ tellAt: { $lte: now } }, { projection: { mentees: { $size: '$mentees' } } })
        .sort({ tellAt: 1 })
        .limit(limit)
        .toArray();
      return found.map(({ _id, mentees }) => ({ id: _id.toHexString(), people: 1 + mentees }));
    },

    /** Those of the sessions that are still due: another notifier may have told of them meanwhile. */
    async readDueSessions(
      transaction: Transaction,
      ids: readonly string[],
      now: Date,
    ): Promise<DueSession[]> {
      const found = await sessions
        .find<SessionDocument>(
          { _id: { $in: ids.map((id) => new Types.ObjectId(id)) }, tellAt: { $lte: now } },
          { session: transaction },
        )
        .toArray();
      return found.map((document) => ({
        session: bookedFrom(document),
        untold: document.untold && {
          dueAt: document.untold.dueAt,
          before: document.untold.before ? factsOf(bookedKnown(document.untold.before)) : undefined,
        },
        remindAt: document.remindAt,
      }));
    },

    /**
     * Everybody knows these sessions as they are, and was reminded of them, both as far as it was time. In the
     * transaction that read them: whoever has changed one since breaks it.
     */
    async noteTold(transaction: Transaction, told: readonly DueSession[], now: Date): Promise<void> {
      if (told.length === 0) return;
      await sessions.bulkWrite(
        told.map(({ session, untold, remindAt }) => {
          const waiting = untold && untold.dueAt > now ? untold.dueAt : undefined;
          const next = remindAt === undefined || remindAt > now ? remindAt : nextReminder(session.start, now);
          const tellAt = earlier(waiting, next);
          const update = {
            $set: { ...(next && { remindAt: next }), ...(tellAt && { tellAt }) },
            $unset: {
              ...(waiting ? {} : { untold: '' }),
              ...(next ? {} : { remindAt: '' }),
              ...(tellAt ? {} : { tellAt: '' }),
            },
          };
          return { updateOne: { filter: { _id: new Types.ObjectId(session.id) }, update } };
        }),
        { session: transaction },
      );
    },

    /**
     * Whether somebody is in a session that is not cancelled, as its mentor or a mentee.
     * @param start so that it counts only while it still begins then
     */
    async isInSession(id: string, userId: string, start?: Date): Promise<boolean> {
      const session = (await findTogether([id])).get(id);
      if (!session || session.cancelledAt) return false;
      if (start && session.start.getTime() !== start.getTime()) return false;
      return [session.mentorId, ...session.mentees.map((mentee) => mentee.userId)].some((person) =>
        person.equals(userId),
      );
    },

    /** Puts off a session that could not be told of, so that it does not keep the others waiting. */
    async postponeTelling(id: string, from: Date, until: Date): Promise<void> {
      const filter = { _id: new Types.ObjectId(id), tellAt: { $lte: from } };
      await sessions.updateOne(filter, { $set: { tellAt: until } });
    },
  };
}

/** What of a session its people can know. */
export function factsOf({
  title,
  start,
  end,
  meeting,
  mentorId,
  mentees,
  cancelledAt,
}: Omit<KnownSession, 'mentorId' | 'mentees'> & Pick<BookedSession, 'mentorId' | 'mentees'>): SessionFacts {
  const times = { startMs: start.getTime(), endMs: end.getTime() };
  return { title, mentorId, mentees, ...times, meeting, cancelled: cancelledAt !== null };
}

function bookedKnown({ mentorId, mentees, ...same }: KnownSession): Parameters<typeof factsOf>[0] {
  return {
    ...same,
    mentorId: mentorId.toHexString(),
    mentees: mentees.map(({ userId, enrolment }) => ({ userId: userId.toHexString(), enrolment })),
  };
}
