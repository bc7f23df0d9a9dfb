import {
  type CheckContext,
  type CheckedSession,
  CSV_FIELD_NAMES,
  checkSession,
  type DecideContext,
  decideSession,
  OPTION_FIELDS,
  type ReadRow,
  type RowCells,
  readRow,
} from '@mentorline/domain';
import type { Logger } from '@mentorline/runtime';
import {
  type Calendars,
  type Import,
  type LoadedCatalogue,
  NO_ROWS,
  newId,
  type OptionClaim,
  type Organisation,
  type RowCounts,
  type RowResult,
  type SlotRequest,
  type Store,
  type StoredSession,
  type Transaction,
  type TransactionPool,
} from '@mentorline/store';
import { type KnownPeople, loadDirectory } from './load-directory.ts';
import { changeFaults, invalidResult, publishedResult, unchangedResult } from './row-result.ts';

/** What stays the same for all chunks of a run. */
export interface ApplyDeps {
  store: Store;
  transactions: TransactionPool;
  organisation: Organisation;
  catalogue: LoadedCatalogue;
  people: KnownPeople;
  /** By the file's header. */
  rowCells: (cells: readonly string[]) => RowCells;
  logger: Logger;
  signal: AbortSignal;
}

export interface PendingRow {
  row: number;
  cells: readonly string[];
}

/** Consecutive rows of one partition; `from` is the partition's checkpoint before them. */
export interface Chunk {
  import: Import;
  partition: number;
  from: number;
  rows: readonly PendingRow[];
}

/** The partition's checkpoint is not where this worker left it: another one is at work. */
export class CheckpointMoved extends Error {
  constructor() {
    super('the checkpoint has moved');
    this.name = 'CheckpointMoved';
  }
}

/** Other writers keep getting in between; a smaller chunk holds fewer mentors. */
export class ChunkContended extends Error {
  constructor() {
    super('other writers keep getting in between');
    this.name = 'ChunkContended';
  }
}

const MOST_TRIES = 5;

/**
 * One transaction: mentor locks, slots decided in row order, checkpoint, results, sessions, options.
 * @throws ChunkContended, CheckpointMoved; what the database throws
 */
export async function commitChunk(deps: ApplyDeps, chunk: Chunk): Promise<void> {
  const { store, transactions, organisation, catalogue } = deps;
  const input = chunk.import;
  const readings = chunk.rows.map(({ cells }) => readRow(deps.rowCells(cells), input.customFields));
  const context = {
    directory: await loadDirectory({ ...deps, settings: input.settings }, readings),
    options: catalogue,
    settings: input.settings,
    nowMs: input.acceptedAt.getTime(),
    names: CSV_FIELD_NAMES,
    organisationId: organisation.id,
  };
  const checked = checkRows(readings, context);
  const existing = await store.sessions.findExisting(organisation.id, namedIds(readings));
  const requests = checked.flatMap(slotRequests);
  await store.slots.ensureLocks(requests.map(({ mentorId }) => mentorId));

  const source = { organisationId: organisation.id, importId: input.id };
  let tries = 0;
  const claims = await transactions.run(async (transaction) => {
    tries += 1;
    if (tries > MOST_TRIES) throw new ChunkContended();
    const calendars = await store.slots.lockCalendars(transaction, source, requests);
    const decided = decideRows(chunk, readings, checked, { calendars, context, existing, catalogue });
    await commitResults(store, transaction, chunk, decided.results);
    const by = { userId: input.uploadedBy.userId, at: new Date(), importId: input.id };
    await store.sessions.insertSessions(transaction, by, decided.sessions);
    await store.options.claimOptions(transaction, source, decided.claims);
    return decided.claims;
  });
  // Only what has been committed may be taken for known.
  for (const { field, value, label, row } of claims) {
    catalogue.add(field, [label, value], { value, label, row });
  }
}

/** Nothing for a row that names a session; one whose action is unknown is told all its other faults too. */
function checkRows(readings: readonly ReadRow[], context: CheckContext): (CheckedSession | undefined)[] {
  return readings.map(({ action, draft, doneEarlier }) =>
    doneEarlier || action === 'Edit' || action === 'Delete' ? undefined : checkSession(draft, context),
  );
}

function namedIds(readings: readonly ReadRow[]): string[] {
  return readings.flatMap(({ id }) => (id ? [id.toLowerCase()] : []));
}

function slotRequests(check: CheckedSession | undefined): SlotRequest[] {
  const { mentor, slot } = check ?? {};
  return mentor && slot ? [{ mentorId: mentor.id, slot, slotGapMinutes: mentor.slotGapMinutes }] : [];
}

/** The rows in file order: each decision sees the slots that earlier rows have taken. */
function decideRows(
  chunk: Chunk,
  readings: readonly ReadRow[],
  checked: readonly (CheckedSession | undefined)[],
  world: {
    calendars: Calendars;
    context: DecideContext;
    existing: ReadonlySet<string>;
    catalogue: LoadedCatalogue;
  },
): { results: RowResult[]; sessions: StoredSession[]; claims: OptionClaim[] } {
  const { calendars, context, existing, catalogue } = world;
  const { customFields } = chunk.import;
  const sessions: StoredSession[] = [];
  const claims = new Map<string, OptionClaim>();
  const results = chunk.rows.map(({ row, cells }, index) => {
    const reading = readings[index]!;
    const uploaded = { row, action: reading.action ?? '', cells };
    const check = checked[index];
    if (reading.doneEarlier && existing.has(reading.id.toLowerCase())) {
      return unchangedResult(uploaded, reading.id.toLowerCase());
    }
    if (!check) {
      return invalidResult(uploaded, [...reading.errors, ...changeFaults(reading, existing)], customFields);
    }
    const decision = decideSession(reading.draft, check, reading.errors, calendars, context);
    if (decision.outcome === 'invalid') return invalidResult(uploaded, decision.errors, customFields);
    const { session, note } = decision;
    const { startMs, endMs, mentorId } = session;
    calendars.get(mentorId)!.book({ startMs, endMs, holder: { kind: 'row', row } });
    for (const field of OPTION_FIELDS) {
      for (const { value, label } of check.options[field]) {
        const key = `${field}:${value}`;
        if (!claims.has(key) && catalogue.mustClaim(field, value, row)) {
          claims.set(key, { field, value, label, row });
        }
      }
    }
    const id = newId();
    sessions.push({ id, session, row });
    return publishedResult(uploaded, id, note);
  });
  return { results, sessions, claims: [...claims.values()] };
}

/**
 * Stores the results and moves the checkpoint over their rows. The checkpoint is the fence: whoever moves it is the
 * one who applies the rows, and a worker that comes too late rolls back.
 */
export async function commitResults(
  store: Store,
  transaction: Transaction,
  chunk: Chunk,
  results: readonly RowResult[],
): Promise<void> {
  const counts: RowCounts = { ...NO_ROWS };
  for (const { status } of results) counts[status.toLowerCase() as keyof RowCounts] += 1;
  const { import: input, partition, from } = chunk;
  const moved = await store.imports.advanceCheckpoint(transaction, {
    importId: input.id,
    partition,
    from,
    to: results.at(-1)!.row,
    counts,
  });
  if (!moved) throw new CheckpointMoved();
  await store.results.insertResults(transaction, { importId: input.id, partition, rows: results });
}
