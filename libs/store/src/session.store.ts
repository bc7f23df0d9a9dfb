import { type NewSession, type SessionStatus, type SessionType, statusAt } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { Models } from './models.ts';
import type { SessionDocument } from './session.model.ts';
import type { Transaction } from './transaction.ts';

/** A session as stored, ids as text. `status` is that of the moment of reading. */
export interface Session
  extends Omit<
    SessionDocument,
    '_id' | 'organisationId' | 'mentorId' | 'mentees' | 'importId' | 'importRow' | 'createdBy' | 'cancelledAt'
  > {
  id: string;
  organisationId: string;
  mentorId: string;
  mentees: { userId: string; enrolment: 'invited' | 'self' }[];
  status: SessionStatus;
  importId: string | null;
  importRow: number | null;
  createdBy: string;
}

function fromDocument(document: SessionDocument, now: Date): Session {
  const { _id, organisationId, mentorId, mentees, importId, importRow, createdBy, cancelledAt, ...plain } =
    document;
  return {
    ...plain,
    id: _id.toHexString(),
    organisationId: organisationId.toHexString(),
    mentorId: mentorId.toHexString(),
    mentees: mentees.map(({ userId, enrolment }) => ({ userId: userId.toHexString(), enrolment })),
    status: statusAt(
      { startMs: plain.start.getTime(), endMs: plain.end.getTime(), cancelled: cancelledAt !== null },
      now.getTime(),
    ),
    importId: importId?.toHexString() ?? null,
    importRow: importRow ?? null,
    createdBy: createdBy.toHexString(),
  };
}

/** A decided session and its id; `row` of the import that brings it. */
export interface StoredSession {
  id: string;
  session: NewSession;
  row?: number;
}

/** Whose sessions somebody may see. */
export type SessionScope =
  | { kind: 'organisation'; organisationId: string }
  | { kind: 'mentor'; mentorId: string }
  | { kind: 'mentee'; menteeId: string; organisationIds: readonly string[] };

export interface SessionQuery {
  /** Any of these makes a session visible. */
  scopes: readonly SessionScope[];
  status?: SessionStatus;
  type?: SessionType;
  mentorId?: string;
  /** Start not before, and before. */
  from?: Date;
  to?: Date;
  direction: 1 | -1;
  after?: { start: Date; id: string };
  limit: number;
}

function scopeFilter(scope: SessionScope): object[] {
  if (scope.kind === 'organisation') return [{ organisationId: new Types.ObjectId(scope.organisationId) }];
  if (scope.kind === 'mentor') return [{ mentorId: new Types.ObjectId(scope.mentorId) }];
  return [
    { 'mentees.userId': new Types.ObjectId(scope.menteeId) },
    // An alternative each: only so are they merged in order of start from the index, instead of sorted in memory.
    ...scope.organisationIds.map((id) => ({ organisationId: new Types.ObjectId(id), type: 'PUBLIC' })),
  ];
}

function statusFilter(status: SessionStatus, now: Date): object {
  if (status === 'CANCELLED') return { cancelledAt: { $ne: null } };
  if (status === 'PUBLISHED') return { cancelledAt: null, start: { $gt: now } };
  if (status === 'LIVE') return { cancelledAt: null, start: { $lte: now }, end: { $gte: now } };
  return { cancelledAt: null, end: { $lt: now } };
}

export function sessionStore({ Session }: Models) {
  return {
    /**
     * Stores decided sessions. Only with the mentors' calendars locked in the same transaction (`lockCalendars`).
     * @throws a duplicate-key error when a row of an import has its session already
     */
    async insertSessions(
      transaction: Transaction,
      by: { userId: string; at: Date; importId?: string },
      sessions: readonly StoredSession[],
    ): Promise<void> {
      if (sessions.length === 0) return;
      const createdBy = new Types.ObjectId(by.userId);
      const importId = by.importId ? new Types.ObjectId(by.importId) : undefined;
      const documents = sessions.map(({ id, session, row }): SessionDocument => {
        const { startMs, endMs, mentorId, organisationId, mentees, ...plain } = session;
        return {
          _id: new Types.ObjectId(id),
          organisationId: new Types.ObjectId(organisationId),
          mentorId: new Types.ObjectId(mentorId),
          mentees: mentees.map(({ userId, enrolment }) => ({
            userId: new Types.ObjectId(userId),
            enrolment,
          })),
          start: new Date(startMs),
          end: new Date(endMs),
          ...plain,
          cancelledAt: null,
          version: 1,
          ...(importId && row !== undefined ? { importId, importRow: row } : {}),
          createdBy,
          createdAt: by.at,
          updatedAt: by.at,
        };
      });
      await Session.collection.insertMany(documents, { session: transaction });
    },

    /** Which of the ids name a session of the organisation, cancelled ones not counted. */
    async findExisting(organisationId: string, ids: readonly string[]): Promise<Set<string>> {
      const known = ids.filter((id) => Types.ObjectId.isValid(id)).map((id) => new Types.ObjectId(id));
      if (known.length === 0) return new Set();
      const filter = { _id: { $in: known }, organisationId, cancelledAt: null };
      const documents = await Session.find(filter, { _id: 1 }).lean();
      return new Set(documents.map(({ _id }) => _id.toHexString()));
    },

    /** @returns the session if any of the scopes shows it */
    async findSession(id: string, scopes: readonly SessionScope[], now: Date): Promise<Session | undefined> {
      const filter = { _id: new Types.ObjectId(id), $or: scopes.flatMap(scopeFilter) };
      const document = await Session.findOne(filter).lean();
      return document ? fromDocument(document, now) : undefined;
    },

    /** A page in order of start, and the number of all that match. */
    async listSessions(query: SessionQuery, now: Date): Promise<{ items: Session[]; total: number }> {
      const conditions: object[] = [{ $or: query.scopes.flatMap(scopeFilter) }];
      if (query.status) conditions.push(statusFilter(query.status, now));
      else conditions.push({ cancelledAt: null });
      if (query.type) conditions.push({ type: query.type });
      if (query.mentorId) conditions.push({ mentorId: new Types.ObjectId(query.mentorId) });
      if (query.from) conditions.push({ start: { $gte: query.from } });
      if (query.to) conditions.push({ start: { $lt: query.to } });
      const matching = { $and: conditions };
      const past = query.direction === 1 ? '$gt' : '$lt';
      const page = query.after
        ? {
            $and: [
              ...conditions,
              // Bounds the index: with the alternatives below alone each page reads all those before it.
              { start: { [`${past}e`]: query.after.start } },
              {
                $or: [
                  { start: { [past]: query.after.start } },
                  { start: query.after.start, _id: { [past]: new Types.ObjectId(query.after.id) } },
                ],
              },
            ],
          }
        : matching;
      const [documents, total] = await Promise.all([
        Session.find(page).sort({ start: query.direction, _id: query.direction }).limit(query.limit).lean(),
        Session.countDocuments(matching),
      ]);
      return { items: documents.map((document) => fromDocument(document, now)), total };
    },
  };
}
