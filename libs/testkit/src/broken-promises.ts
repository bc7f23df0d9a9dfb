import type { Store } from '@mentorline/store';

/**
 * Looks through the whole database for what must never be.
 * @returns a sentence for each promise found broken; empty when all hold
 */
export async function brokenPromises(store: Store): Promise<string[]> {
  const broken: string[] = [];
  const sessions = store.connection.collection('sessions');
  const imports = store.connection.collection('imports');
  const results = store.connection.collection('importResults');

  let previous: { mentorId: string; end: Date } | undefined;
  for await (const { _id, mentorId, start, end } of sessions
    .find({ cancelledAt: null })
    .sort({ mentorId: 1, start: 1 })) {
    if (previous?.mentorId === String(mentorId) && start <= previous.end) {
      broken.push(`session ${_id} of mentor ${mentorId} overlaps or touches the one before it`);
    }
    previous = { mentorId: String(mentorId), end };
  }

  for await (const { _id: importId, status, rowsTotal } of imports.find()) {
    if (status !== 'completed') continue;
    const rowsSeen = new Set<number>();
    const published = new Map<string, number>();
    for await (const chunk of results.find({ importId })) {
      for (const { row, status: outcome, sessionId } of chunk.rows) {
        if (rowsSeen.has(row)) broken.push(`import ${importId}: row ${row} has two results`);
        rowsSeen.add(row);
        if (outcome === 'Published') published.set(sessionId, row);
      }
    }
    if (rowsSeen.size !== rowsTotal) {
      broken.push(`import ${importId}: ${rowsSeen.size} results for ${rowsTotal} rows`);
    }
    let stored = 0;
    for await (const { _id, importRow } of sessions.find({ importId })) {
      stored += 1;
      if (published.get(String(_id)) !== importRow) {
        broken.push(`import ${importId}: session ${_id} of row ${importRow} is not what the results say`);
      }
    }
    if (stored !== published.size) {
      broken.push(`import ${importId}: ${published.size} rows published, ${stored} sessions stored`);
    }
  }
  return broken;
}
