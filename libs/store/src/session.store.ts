import { type NewSession, type SessionStatus, statusAt } from '@mentorline/domain';
import { Types } from 'mongoose';
import { isId } from './ids.ts';
import type { Models } from './models.ts';
import type { SearchWordStore } from './search-word.store.ts';
import type { SessionDocument, SessionImage } from './session.model.ts';
import { sessionKeys, titleWords } from './session-keys.ts';
import { type Telling, untoldOfChange, untoldOfNew } from './session-telling.ts';
import type { Transaction } from './transaction.ts';

/** A session as stored, ids as text. `status` is that of the moment of reading. */
export interface Session
  extends Omit<
    SessionDocument,
    | '_id'
    | 'organisationId'
    | 'mentorId'
    | 'mentees'
    | 'searchKeys'
    | 'untold'
    | 'remindAt'
    | 'tellAt'
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

/**
 * As those see it who read it at `now`. Field by field: a page of a list is made of many, and to take fields away from
 * an object cost ten times what it costs to name them.
 */
export function sessionFrom(document: SessionDocument, now: Date): Session {
  const { _id, organisationId, mentorId, mentees, start, end, cancelledAt, importId, createdBy } = document;
  const times = { startMs: start.getTime(), endMs: end.getTime(), cancelled: cancelledAt !== null };
  return {
    id: _id.toHexString(),
    organisationId: organisationId.toHexString(),
    title: document.title,
    description: document.description,
    type: document.type,
    mentorId: mentorId.toHexString(),
    mentees: mentees.map(({ userId, enrolment }) => ({ userId: userId.toHexString(), enrolment })),
    start,
    end,
    timeZone: document.timeZone,
    status: statusAt(times, now.getTime()),
    recommendedFor: document.recommendedFor,
    categories: document.categories,
    medium: document.medium,
    meeting: document.meeting,
    custom: document.custom,
    image: document.image ?? null,
    version: document.version,
    importId: importId?.toHexString() ?? null,
    importRow: document.importRow ?? null,
    createdBy: createdBy.toHexString(),
    createdAt: document.createdAt,
    updatedAt: document.updatedAt,
  };
}

/** A session as those read it who are going to change it. */
export type BookedSession = Omit<
  Session,
  'status' | 'image' | 'importRow' | 'createdBy' | 'createdAt' | 'updatedAt' | 'importId'
> &
  Pick<SessionDocument, 'cancelledAt'>;

export function bookedFrom(document: SessionDocument): BookedSession {
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

function documentOf(
  id: string,
  { startMs, endMs, mentorId, organisationId, mentees, ...plain }: NewSession,
  by: Telling & { userId: string },
  tellDelayMs: number,
): SessionDocument {
  return {
    _id: new Types.ObjectId(id),
    organisationId: new Types.ObjectId(organisationId),
    mentorId: new Types.ObjectId(mentorId),
    mentees: mentees.map(({ userId, enrolment }) => ({ userId: new Types.ObjectId(userId), enrolment })),
    start: new Date(startMs),
    end: new Date(endMs),
    ...plain,
    searchKeys: sessionKeys(plain),
    cancelledAt: null,
    version: 1,
    ...untoldOfNew(new Date(startMs), by, tellDelayMs),
    createdBy: new Types.ObjectId(by.userId),
    createdAt: by.at,
    updatedAt: by.at,
  };
}

/** @param tellDelayMs how long after its first change people are told of a session */
export function sessionStore({ Session }: Models, searchWords: SearchWordStore, tellDelayMs: number) {
  const ensureWords = (titles: readonly { organisationId: string; title: string }[]): Promise<void> =>
    searchWords.ensureWords(
      titles.flatMap(({ organisationId, title }) =>
        titleWords(title).map((word) => ({ organisationId, word })),
      ),
    );

  const insert = async (
    transaction: Transaction,
    sessions: readonly { session: NewSession }[],
    documents: readonly SessionDocument[],
  ): Promise<void> => {
    if (documents.length === 0) return;
    await ensureWords(sessions.map(({ session }) => session));
    await Session.collection.insertMany(documents, { session: transaction });
  };

  return {
    /**
     * Stores decided sessions. Only with the mentors' calendars locked in the same transaction (`lockCalendars`).
     * @throws a duplicate-key error when a row of an import has its session already
     */
    async insertSessions(
      transaction: Transaction,
      by: Telling & { userId: string; importId?: string },
      sessions: readonly StoredSession[],
    ): Promise<void> {
      const importId = by.importId ? new Types.ObjectId(by.importId) : undefined;
      const documents = sessions.map(({ id, session, row }) => ({
        ...documentOf(id, session, by, tellDelayMs),
        ...(importId && row !== undefined ? { importId, importRow: row } : {}),
      }));
      await insert(transaction, sessions, documents);
    },

    /**
     * The same of sessions that were made singly.
     * @returns them as those see them who read them at once
     */
    async insertNewSessions(
      transaction: Transaction,
      sessions: readonly { id: string; session: NewSession; by: { userId: string; at: Date } }[],
    ): Promise<Session[]> {
      const documents = sessions.map(({ id, session, by }) => documentOf(id, session, by, tellDelayMs));
      await insert(transaction, sessions, documents);
      return documents.map((document) => sessionFrom(document, document.createdAt));
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
      by: Telling,
      sessions: readonly BookedSession[],
    ): Promise<void> {
      if (sessions.length === 0) return;
      await ensureWords(sessions);
      await Session.collection.bulkWrite(
        sessions.map(({ id, organisationId: _organisation, mentorId: _mentor, mentees, ...changed }) => {
          const { before, after } = untoldOfChange(changed, by, tellDelayMs);
          const stored = {
            ...changed,
            searchKeys: sessionKeys(changed),
            mentees: mentees.map(({ userId, enrolment }) => ({
              userId: new Types.ObjectId(userId),
              enrolment,
            })),
            updatedAt: by.at,
          };
          return {
            updateOne: {
              filter: { _id: new Types.ObjectId(id) },
              update: [...before, { $set: literally(stored) }, ...after],
            },
          };
        }),
        { session: transaction },
      );
    },
  };
}

/** Values as they are: to a pipeline a title that begins with a dollar sign would be the name of a field. */
function literally(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { $literal: value }]));
}

export type SessionStore = ReturnType<typeof sessionStore>;
