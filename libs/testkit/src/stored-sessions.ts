import type { Store } from '@mentorline/store';
import type { OracleSession } from './oracle/world.ts';

export type StoredSession = Omit<OracleSession, 'id' | 'row' | 'foreign'>;

/** Every session, as the oracle would tell it: by row for those that the import has published, by id for all others. */
export async function sessionsAsSeen(
  { connection }: Store,
  importId: string,
): Promise<Map<string, StoredSession>> {
  const emails = new Map<string, string>();
  for await (const { _id, email } of connection.collection('users').find()) emails.set(String(_id), email);
  const seen = new Map<string, StoredSession>();
  for await (const session of connection.collection('sessions').find()) {
    const { title, description, type, meeting, custom } = session;
    const { recommendedFor, categories, medium } = session;
    const mentees = session.mentees as { userId: unknown; enrolment: string }[];
    seen.set(String(session.importId) === importId ? String(session.importRow) : String(session._id), {
      ...{ title, description, type, meeting, custom },
      cancelled: session.cancelledAt !== null,
      mentor: emails.get(String(session.mentorId))!,
      mentees: mentees.map(({ userId, enrolment }) => ({ email: emails.get(String(userId))!, enrolment })),
      ...{ start: session.start.getTime(), end: session.end.getTime(), zone: session.timeZone },
      options: { recommendedFor, categories, medium },
    });
  }
  return seen;
}
