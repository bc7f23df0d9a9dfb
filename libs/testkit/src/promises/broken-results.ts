import type { Import, RowResult, Store } from '@mentorline/store';
import { differingFields } from './session-of-row.ts';

type Session = Record<string, unknown> & { importRow: number; version: number; cancelledAt: Date | null };
type Ended = Pick<Import, 'rowsTotal' | 'header'> & { _id: unknown; kind: string; mode: string };

/** Rows of a session import, by what became of them. */
interface Rows {
  seen: number;
  published: Map<string, RowResult>;
  deleted: RowResult[];
}

/** By session id: how often rows have updated it, and the last of them, if all stand in one import. */
type Updates = Map<
  string,
  { times: number; imports: Set<unknown>; last: RowResult; names: readonly string[] }
>;

/** One result for each row; sessions and rows that tell of each other, and agree. */
export async function brokenResults(store: Store): Promise<string[]> {
  const broken: string[] = [];
  const sessions = store.connection.collection('sessions');
  const emails = new Map<string, string>();
  for await (const { _id, email } of store.connection.collection('users').find())
    emails.set(String(_id), email);
  const updates: Updates = new Map();
  const imports = store.connection
    .collection('imports')
    .find({ status: { $in: ['completed', 'cancelled'] } });
  for await (const input of imports as unknown as AsyncIterable<Ended>) {
    const say = (what: string): void => void broken.push(`import ${input._id}: ${what}`);
    const rows = await readRows(store, input, updates, say);
    if (rows.seen !== (input.rowsTotal ?? 0)) say(`${rows.seen} results for ${input.rowsTotal} rows`);
    if (input.mode === 'check') {
      for (const name of ['sessions', 'options', 'users']) {
        const left = await store.connection.collection(name).countDocuments({ importId: input._id });
        if (left > 0) say(`a check has left ${left} ${name}`);
      }
      continue;
    }
    if (input.kind !== 'sessions') continue;
    let stored = 0;
    for await (const session of sessions.find({ importId: input._id }) as unknown as AsyncIterable<Session>) {
      stored += 1;
      const { importRow, version, _id } = session;
      const source = rows.published.get(String(_id));
      if (source?.row !== importRow) say(`session ${_id} of row ${importRow} is not in the results`);
      else if (version === 1) {
        for (const field of differingFields(input.header.names, source.cells, session, emails))
          say(`row ${importRow} and its session differ in ${field}`);
      }
    }
    if (stored !== rows.published.size)
      say(`${rows.published.size} rows published, ${stored} sessions stored`);
    for (const { row, sessionId } of rows.deleted) {
      const session = await findSession(store, sessionId!);
      if (!session?.cancelledAt) say(`the session that row ${row} has deleted is not cancelled`);
    }
  }
  for (const [id, { times, imports, last, names }] of updates) {
    const session = await findSession(store, id);
    if (!session) broken.push(`session ${id}, updated by row ${last.row}, is gone`);
    // Where others have changed it too nothing can be said.
    else if (imports.size === 1 && session.version === 1 + times) {
      for (const field of differingFields(names, last.cells, session, emails))
        broken.push(`session ${id} and row ${last.row}, which updated it last, differ in ${field}`);
    }
  }
  return broken;
}

async function readRows(
  { results }: Store,
  { _id: importId, mode, header }: Ended,
  updates: Updates,
  say: (what: string) => void,
): Promise<Rows> {
  const seen = new Set<number>();
  const published = new Map<string, RowResult>();
  const deleted: RowResult[] = [];
  for await (const chunk of results.readChunks(String(importId))) {
    for (const result of chunk) {
      const { row, status, sessionId } = result;
      if (seen.has(row)) say(`row ${row} has two results`);
      seen.add(row);
      if (mode === 'check') continue;
      if (status === 'Published') {
        if (published.has(sessionId!)) say(`session ${sessionId} is published by two rows`);
        published.set(sessionId!, result);
      }
      if (status === 'Deleted') deleted.push(result);
      if (status === 'Updated') noteUpdate(updates, importId, result, header.names);
    }
  }
  const gap = Array.from({ length: seen.size }, (_, index) => index + 1).find((row) => !seen.has(row));
  if (gap !== undefined) say(`row ${gap} has no result`);
  return { seen: seen.size, published, deleted };
}

function noteUpdate(updates: Updates, importId: unknown, result: RowResult, names: readonly string[]): void {
  const { sessionId } = result;
  const known = updates.get(sessionId!);
  const last = known && known.last.row > result.row ? known.last : result;
  updates.set(sessionId!, {
    times: (known?.times ?? 0) + 1,
    imports: (known?.imports ?? new Set()).add(String(importId)),
    ...{ last, names },
  });
}

function findSession({ connection }: Store, id: string): Promise<Session | null> {
  return connection.model('Session').findById(id).lean<Session>();
}
