import { statusAt } from '@mentorline/domain';
import type { BookedSession, Import, Store } from '@mentorline/store';
import { mentorKeys } from './mentor-keys.ts';
import { rowCellsOf } from './row-cells.ts';
import type { AppliedRow, PendingRow, RowKind } from './row-kind.ts';

/** Rows of an earlier import that are to be undone: sessions it published go, if nobody has touched them since. */
export function undoRows(store: Store, input: Import): RowKind {
  const rowCells = rowCellsOf(input.header.columns);
  const { id: importId, organisationId, uploadedBy, mode, notify } = input;
  const source = { organisationId, importId, userId: uploadedBy.userId, quiet: !notify };
  const book = store.sessionBook(mode, source);
  const keysOfSessions = mentorKeys(store, organisationId);
  const at = input.acceptedAt;
  const actionOf: RowKind['actionOf'] = (cells) => rowCells(cells).get('action');
  return {
    keysOf: (rows) => keysOfSessions(rows.map(({ undone }) => undone?.sessionId ?? '')),
    actionOf,
    async prepare(rows) {
      const ids = rows.flatMap(({ undone }) => undone?.sessionId ?? []);
      const mentors = new Set((await store.sessions.findMentors(organisationId, ids)).values());
      await book.prepare(mentors);
      return {
        async apply(transaction) {
          const open = await book.open(transaction, mentors);
          const sessions = await open.readSessions(ids);
          const changed: BookedSession[] = [];
          const results = rows.map((pending): AppliedRow => {
            const { row, cells, undone } = pending;
            const sessionId = undone?.sessionId ?? null;
            const session = sessions.get(sessionId ?? '');
            const left = whyLeft(pending, session, at);
            const done = { row, cells, action: actionOf(cells), sessionId, note: left ?? '', errors: [] };
            if (left !== undefined || !session) return { ...done, status: 'Unchanged' };
            changed.push({ ...session, cancelledAt: at, version: session.version + 1 });
            return { ...done, status: 'Deleted', mails: notify ? 1 + session.mentees.length : 0 };
          });
          await open.write({ published: [], changed, claims: [] });
          return results;
        },
      };
    },
  };
}

/** Why a row's session stays as it is; `undefined` where it is to be deleted. */
function whyLeft({ undone }: PendingRow, session: BookedSession | undefined, at: Date): string | undefined {
  if (undone?.status === 'Updated') return 'Edits are not undone';
  if (undone?.status === 'Deleted') return 'Deletions are not undone';
  if (!session || session.cancelledAt) return 'Deleted already';
  const { start, end, version } = session;
  const times = { startMs: start.getTime(), endMs: end.getTime(), cancelled: false };
  const status = statusAt(times, at.getTime());
  if (status !== 'PUBLISHED') return `Left as it is: the session is ${status.toLowerCase()}`;
  return version > 1 ? 'Left as it is: changed since it was published' : undefined;
}
