import { type NewSession, type SessionStatus, type SessionType, statusAt } from '@mentorline/domain';
import { Types } from 'mongoose';
import { isId } from './ids.ts';
import type { Models } from './models.ts';
import type { SessionDocument, SessionImage } from './session.model.ts';
import type { Transaction } from './transaction.ts';

/** A session as stored, ids as text. `status` is that of the moment of reading. */
export interface Session
  extends Omit<
    SessionDocument,
    | '_id'
    | 'organisationId'
    | 'mentorId'
    | 'mentees'
    | 'image'
    | 'importId'
    | 'importRow'
    | 'createdBy'
    | 'cancelledAt'
  > {
  id: string;
  organisationId: string;
  mentorId: string;
  mentees: { userId: string; enrolment: 'invited' | 'self' }[];
  image: SessionImage | null;
  status: SessionStatus;
  importId: string | null;
  importRow: number | null;
  createdBy: string;
}

function fromDocument(document: SessionDocument, now: Date): Session {
  const { _id, organisationId, mentorId, mentees, image, createdBy, cancelledAt, ...rest } = document;
  const { importId, importRow, ...plain } = rest;
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
    image: image ?? null,
    importId: importId?.toHexString() ?? null,
    importRow: importRow ?? null,
    createdBy: createdBy.toHexString(),
  };
}

/** A session as those read it who are going to change it. */
export type BookedSession = Omit<
  Session,
  'status' | 'image' | 'importRow' | 'createdBy' | 'createdAt' | 'updatedAt' | 'importId'
> &
  Pick<SessionDocument, 'cancelledAt'>;

function bookedFrom(document: SessionDocument): BookedSession {
  const { _id, organisationId, mentorId, mentees, title, description, type, start, end, timeZone } = document;
  const { recommendedFor, categories, medium, meeting, custom, cancelledAt, version } = document;
  return {
    id: _id.toHexString(),
    organisationId: organisationId.toHexString(),
    mentorId: mentorId.toHexString(),
    mentees: mentees.map(({ userId, enrolment }) => ({ userId: userId.toHexString(), enrolment })),
    ...{ title, description, type, start, end, timeZone },
    ...{ recommendedFor, categories, medium, meeting, custom, cancelledAt, version },
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

function conditionsOf(query: SessionQuery, now: Date): object[] {
  const conditions: object[] = [{ $or: query.scopes.flatMap(scopeFilter) }];
  conditions.push(query.status ? statusFilter(query.status, now) : { cancelledAt: null });
  if (query.type) conditions.push({ type: query.type });
  if (query.mentorId) conditions.push({ mentorId: new Types.ObjectId(query.mentorId) });
  if (query.from) conditions.push({ start: { $gte: query.from } });
  if (query.to) conditions.push({ start: { $lt: query.to } });
  return conditions;
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
      const organisationIds = new Map(
        sessions.map(({ session: { organisationId: id } }) => [id, new Types.ObjectId(id)]),
      );
      const documents = sessions.map(({ id, session, row }): SessionDocument => {
        const { startMs, endMs, mentorId, organisationId, mentees, ...plain } = session;
        return {
          _id: new Types.ObjectId(id),
          organisationId: organisationIds.get(organisationId)!,
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

    /** The organisation's sessions behind the ids, cancelled ones too. */
    async readSessions(
      organisationId: string,
      ids: Iterable<string>,
      transaction?: Transaction,
    ): Promise<Map<string, BookedSession>> {
      const known = [...new Set(ids)].filter(isId).map((id) => new Types.ObjectId(id));
      if (known.length === 0) return new Map();
      const documents = await Session.collection
        .find<SessionDocument>(
          { _id: { $in: known }, organisationId: new Types.ObjectId(organisationId) },
          transaction ? { session: transaction } : {},
        )
        .toArray();
      return new Map(documents.map((document) => [document._id.toHexString(), bookedFrom(document)]));
    },

    /** The mentors of an organisation's sessions, by session id. */
    async findMentors(organisationId: string, ids: Iterable<string>): Promise<Map<string, string>> {
      const known = [...new Set(ids)].filter(isId).map((id) => new Types.ObjectId(id));
      if (known.length === 0) return new Map();
      const filter = { _id: { $in: known }, organisationId: new Types.ObjectId(organisationId) };
      const found = await Session.collection.find(filter, { projection: { mentorId: 1 } }).toArray();
      return new Map(found.map(({ _id, mentorId }) => [_id.toHexString(), mentorId.toHexString()]));
    },

    /**
     * Stores the new state of sessions, `version` included. Only with the mentors' calendars locked in the same
     * transaction, in which they were read.
     */
    async updateSessions(
      transaction: Transaction,
      at: Date,
      sessions: readonly BookedSession[],
    ): Promise<void> {
      if (sessions.length === 0) return;
      await Session.collection.bulkWrite(
        sessions.map(({ id, organisationId: _organisation, mentorId: _mentor, mentees, ...changed }) => ({
          updateOne: {
            filter: { _id: new Types.ObjectId(id) },
            update: {
              $set: {
                ...changed,
                mentees: mentees.map(({ userId, enrolment }) => ({
                  userId: new Types.ObjectId(userId),
                  enrolment,
                })),
                updatedAt: at,
              },
            },
          },
        })),
        { session: transaction },
      );
    },

    /** @returns the session if any of the scopes shows it */
    async findSession(id: string, scopes: readonly SessionScope[], now: Date): Promise<Session | undefined> {
      const filter = { _id: new Types.ObjectId(id), $or: scopes.flatMap(scopeFilter) };
      const document = await Session.findOne(filter).lean();
      return document ? fromDocument(document, now) : undefined;
    },

    /** A page in order of start, and the number of all that match. */
    async listSessions(query: SessionQuery, now: Date): Promise<{ items: Session[]; total: number }> {
      const matching = { $and: conditionsOf(query, now) };
      const [items, total] = await Promise.all([
        this.readSessionPage(query, now),
        Session.countDocuments(matching),
      ]);
      return { items, total };
    },

    /** A page in order of start. */
    async readSessionPage(query: SessionQuery, now: Date): Promise<Session[]> {
      const conditions = conditionsOf(query, now);
      const past = query.direction === 1 ? '$gt' : '$lt';
      if (query.after) {
        const { start, id } = query.after;
        conditions.push(
          // Bounds the index: with the alternatives below alone each page reads all those before it.
          { start: { [`${past}e`]: start } },
          { $or: [{ start: { [past]: start } }, { start, _id: { [past]: new Types.ObjectId(id) } }] },
        );
      }
      const documents = await Session.find({ $and: conditions })
        .sort({ start: query.direction, _id: query.direction })
        .limit(query.limit)
        .lean();
      return documents.map((document) => fromDocument(document, now));
    },
  };
}

export type SessionStore = ReturnType<typeof sessionStore>;
