/** What the rules make of a file, one row at a time in file order: plain, slow, and sharing no code with the product. */
import { createSession, invalid, type Outcome } from './oracle/create.ts';
import { editMissing, editSession } from './oracle/edit.ts';
import type { OracleResult, OracleRow, OracleSession, OracleWorld } from './oracle/world.ts';

/** Rows have the short column names of `sessionFile`. */
export function serialOracle(rows: readonly OracleRow[], world: OracleWorld): OracleResult[] {
  return serialWorld(rows, world).results;
}

/** The same, with the sessions as the file leaves them: those that were there before, then those it has published. */
export function serialWorld(
  rows: readonly OracleRow[],
  world: OracleWorld,
): { results: OracleResult[]; sessions: OracleSession[] } {
  const before = new Map((world.sessions ?? []).map((session) => [session.id, session]));
  const published: OracleSession[] = [];
  const byMentor = new Map<string, OracleSession[]>();
  const keep = (session: OracleSession): void => {
    const mine = byMentor.get(session.mentor) ?? [];
    const others = mine.filter(({ id, row }) => id !== session.id || row !== session.row);
    byMentor.set(session.mentor, [...others, session]);
    if (session.id === '') published.push(session);
    else before.set(session.id, session);
  };
  for (const session of before.values()) keep(session);

  const results = rows.map((cells, index) => {
    const cell = (column: string): string => (cells[column] ?? '').trim();
    const sessionsOf = (mentor: string) => byMentor.get(mentor) ?? [];
    const { result, session } = decideRow(cell, index + 1, world, before, sessionsOf);
    if (session) keep(session);
    return result;
  });
  return { results, sessions: [...before.values(), ...published] };
}

/** What an earlier report calls done, by action. */
const DONE: Record<string, string> = { create: 'published', edit: 'updated', delete: 'deleted' };

function decideRow(
  cell: (column: string) => string,
  row: number,
  world: OracleWorld,
  sessions: ReadonlyMap<string, OracleSession>,
  sessionsOf: (mentor: string) => readonly OracleSession[],
): Outcome {
  const action = cell('Action').toLowerCase();
  const id = cell('id').toLowerCase();
  const found = sessions.get(id);
  const own = found && !found.foreign ? found : undefined;
  const reported = cell('Status').toLowerCase();
  const isDone = action in DONE && [DONE[action], 'unchanged'].includes(reported);
  if (own && isDone && (action === 'create' || own.cancelled)) {
    return { result: { status: 'Unchanged', codes: [] } };
  }
  if (isDone && action === 'create' && id !== '') return invalid(['ACTION_INVALID']);
  const isChange = action === 'edit' || action === 'delete';
  if (isChange && id !== '') {
    const isGone = !own || own.cancelled;
    if (isGone && action === 'edit') return editMissing(cell, world);
    if (isGone) return invalid(['SESSION_NOT_FOUND']);
    if (action === 'edit') return editSession(cell, own, world, sessionsOf);
    if (own.start <= world.nowMs) return invalid(['SESSION_LOCKED']);
    return { result: { status: 'Deleted', codes: [] }, session: { ...own, cancelled: true } };
  }
  if (isChange || (action !== 'create' && action !== '' && id !== '')) return invalid(['ACTION_INVALID']);
  const codes: string[] = [];
  if (action === '') codes.push('FIELD_REQUIRED');
  else if (action !== 'create' || id !== '') codes.push('ACTION_INVALID');
  if (action === '' && id !== '') return invalid(codes);
  return createSession(cell, row, world, sessionsOf, codes);
}
