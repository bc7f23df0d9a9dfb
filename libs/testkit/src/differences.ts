import { isDeepStrictEqual } from 'node:util';
import type { Import, RowFault, RowResult, Store } from '@mentorline/store';
import type { OracleResult, OracleSession } from './oracle/world.ts';
import { type StoredSession, sessionsAsSeen } from './stored-sessions.ts';

const MOST_SHOWN = 3;

/**
 * Holds an import's results against the oracle's; of a cancelled import those that it came to. With `sessions` also
 * the sessions it left, unless it was a dry run.
 * @returns the first few that differ, both ways
 */
export async function differences(
  store: Store,
  input: Pick<Import, 'id'>,
  expected: readonly OracleResult[],
  sessions?: readonly OracleSession[],
): Promise<unknown[]> {
  const { found, cancelled } = await differingResults(store, input.id, expected);
  const compared = sessions && !cancelled ? await differingSessions(store, input.id, sessions) : [];
  return [...found, ...compared];
}

async function differingResults(
  { connection, results }: Store,
  importId: string,
  expected: readonly OracleResult[],
): Promise<{ found: unknown[]; cancelled: boolean }> {
  const found: unknown[] = [];
  const input = await connection.model('Import').findById(importId).lean<{ status: string }>();
  const cancelled = input?.status === 'cancelled';
  const rows: RowResult[] = [];
  for await (const chunk of results.readChunks(importId)) rows.push(...chunk);
  rows.sort((a, b) => a.row - b.row);
  for (const [index, { row, status, errors }] of rows.entries()) {
    if (row !== index + 1) found.push(`in place of row ${index + 1} comes row ${row}`);
    if (cancelled && status === 'Unprocessed') continue;
    const want = expected[row - 1];
    const codes = errors.map(({ code }) => code);
    const slotMessage = errors.find(({ code }: RowFault) => code === 'MENTOR_SLOT_TAKEN')?.message;
    const same =
      status === want?.status &&
      [...codes].sort().join() === [...want.codes].sort().join() &&
      slotMessage === want.slotMessage;
    if (!same && found.length < MOST_SHOWN) found.push({ row, got: { status, codes, slotMessage }, want });
  }
  if (rows.length !== expected.length) found.push(`${rows.length} results for ${expected.length} rows`);
  return { found, cancelled };
}

async function differingSessions(
  store: Store,
  importId: string,
  expected: readonly OracleSession[],
): Promise<unknown[]> {
  const found: unknown[] = [];
  const stored = await sessionsAsSeen(store, importId);
  for (const want of expected) {
    const got = stored.get(want.id || String(want.row));
    const { foreign: _foreign, row: _row, id: _id, ...fields } = want;
    if (!got) found.push({ missing: want });
    else if (!isDeepStrictEqual(got, fields satisfies StoredSession)) found.push({ got, want: fields });
    if (found.length >= MOST_SHOWN) return found;
  }
  if (stored.size !== expected.length) {
    found.push(`${stored.size} sessions are stored, ${expected.length} should be`);
  }
  return found;
}
