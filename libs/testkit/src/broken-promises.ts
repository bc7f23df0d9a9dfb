import type { Store } from '@mentorline/store';
import { differingFields } from './session-of-row.ts';

/**
 * Looks through the whole database for what must never be.
 * @returns a sentence for each promise found broken; empty when all hold
 */
export async function brokenPromises(store: Store): Promise<string[]> {
  const broken: string[] = [];
  const sessions = store.connection.collection('sessions');
  const imports = store.connection.collection('imports');
  const results = store.connection.collection('importResults');

  const emails = new Map<string, string>();
  for await (const { _id, email } of store.connection.collection('users').find())
    emails.set(String(_id), email);

  let previous: { mentorId: string; end: Date } | undefined;
  for await (const { _id, mentorId, start, end } of sessions
    .find({ cancelledAt: null })
    .sort({ mentorId: 1, start: 1 })) {
    if (previous?.mentorId === String(mentorId) && start <= previous.end) {
      broken.push(`session ${_id} of mentor ${mentorId} overlaps or touches the one before it`);
    }
    previous = { mentorId: String(mentorId), end };
  }

  for await (const { _id: importId, status, rowsTotal, header } of imports.find()) {
    if (status !== 'completed') continue;
    const rowsSeen = new Set<number>();
    const published = new Map<string, { row: number; cells: string[] }>();
    for await (const chunk of results.find({ importId })) {
      for (const { row, status: outcome, sessionId, cells } of chunk.rows) {
        if (rowsSeen.has(row)) broken.push(`import ${importId}: row ${row} has two results`);
        rowsSeen.add(row);
        if (outcome === 'Published') published.set(sessionId, { row, cells });
      }
    }
    if (rowsSeen.size !== rowsTotal) {
      broken.push(`import ${importId}: ${rowsSeen.size} results for ${rowsTotal} rows`);
    }
    let stored = 0;
    for await (const session of sessions.find({ importId })) {
      stored += 1;
      const source = published.get(String(session._id));
      const { importRow } = session;
      if (source?.row !== importRow) {
        broken.push(`import ${importId}: session ${session._id} of row ${importRow} is not in the results`);
        continue;
      }
      for (const field of differingFields(header.names, source!.cells, session, emails)) {
        broken.push(`import ${importId}: row ${importRow} and its session differ in ${field}`);
      }
    }
    if (stored !== published.size) {
      broken.push(`import ${importId}: ${published.size} rows published, ${stored} sessions stored`);
    }
  }
  return broken;
}
