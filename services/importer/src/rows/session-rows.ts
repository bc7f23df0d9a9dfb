import {
  type CheckContext,
  type CheckedSession,
  CSV_FIELD_NAMES,
  type CurrentSession,
  checkChange,
  checkSession,
  type DecideContext,
  type ReadRow,
  type RowCells,
  readRow,
  type SessionColumn,
  splitValues,
  trimmed,
} from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import {
  type Import,
  idsIn,
  type LoadedCatalogue,
  type OpenSessionBook,
  type SessionBook,
  type SlotRequest,
  type Store,
  toCurrent,
} from '@mentorline/store';
import { decideRows } from './decide-rows.ts';
import { type ImportDirectory, openDirectory } from './directory.ts';
import { mentorKeys } from './mentor-keys.ts';
import { rowCellsOf } from './row-cells.ts';
import type { PendingRow, PreparedRows, RowKind } from './row-kind.ts';

export interface SessionRowDeps {
  input: Import;
  catalogue: LoadedCatalogue;
  directory: ImportDirectory;
  book: SessionBook;
  rowCells: (cells: readonly string[]) => RowCells<SessionColumn>;
}

/** A row of a chunk, with all that is known of it outside the transaction. */
export interface SessionRow {
  pending: PendingRow;
  reading: ReadRow;
  /** Of the session it names; blank if it names none. */
  sessionId: string;
  /** Of a row that asks for a new session. */
  check: CheckedSession | undefined;
}

/** Rows that are sessions to be published, changed or deleted. The mentor's address is what they may conflict by. */
export async function sessionRows(store: Store, input: Import): Promise<RowKind> {
  const { id: importId, organisationId, uploadedBy, mode, notify } = input;
  const organisation = await store.organisations.findOrganisation(organisationId);
  if (!organisation) throw new AppError('INTERNAL_ERROR', 'The organisation of this import no longer exists');
  const rowCells = rowCellsOf<SessionColumn>(input.header.columns);
  const deps: SessionRowDeps = {
    input,
    catalogue: await store.options.loadCatalogue(organisationId, importId),
    directory: openDirectory(store, organisation, input),
    book: store.sessionBook(mode, { organisationId, importId, userId: uploadedBy.userId, quiet: !notify }),
    rowCells,
  };
  const keysOfSessions = mentorKeys(store, organisationId);
  return {
    actionOf: (cells) => trimmed(rowCells(cells).get('action')),
    async keysOf(rows) {
      const ids = rows.map(({ cells }) => sessionToChange(rowCells(cells)));
      const mentors = ids.some(Boolean) ? await keysOfSessions(ids) : ids;
      return rows.map(({ cells }, index) => (ids[index] ? mentors[index]! : mentorCell(rowCells(cells))));
    },
    prepare: (rows) => prepareRows(deps, store, rows),
  };
}

/** Taken from the cell as the row's own reading takes it: `a@example.org;` is no other mentor than `a@example.org`. */
function mentorCell(cells: RowCells<SessionColumn>): string {
  return splitValues(cells.get('mentor'))[0]?.toLowerCase() ?? '';
}

function sessionToChange(cells: RowCells<SessionColumn>): string {
  return /^(?:edit|delete)$/iu.test(trimmed(cells.get('action'))) ? idOf(cells.get('id')) : '';
}

function idOf(text: string): string {
  return trimmed(text).toLowerCase();
}

async function prepareRows(
  deps: SessionRowDeps,
  store: Store,
  pending: readonly PendingRow[],
): Promise<PreparedRows> {
  const { input, directory, catalogue, book, rowCells } = deps;
  const readings = pending.map(({ cells }) => readRow(rowCells(cells), input.customFields));
  const context: CheckContext & DecideContext = {
    directory: await directory.load(readings.flatMap(peopleNamed)),
    options: catalogue,
    settings: input.settings,
    nowMs: input.acceptedAt.getTime(),
    names: CSV_FIELD_NAMES,
    organisationId: input.organisationId,
  };
  const rows = pending.map((one, index): SessionRow => {
    const reading = readings[index]!;
    const sessionId = idOf(reading.id);
    // A row that names a session is none to be published; one whose action is unknown is told all its other faults too.
    const isNew = !reading.doneEarlier && reading.action !== 'Edit' && reading.action !== 'Delete';
    return {
      pending: one,
      reading,
      sessionId,
      check: isNew ? checkSession(reading.draft, context) : undefined,
    };
  });
  const ids = [...new Set(rows.flatMap(({ sessionId }) => sessionId || []))];
  const requests = rows.flatMap(({ check }) => slotRequest(check));
  const mentorIds = new Set(requests.map(({ mentorId }) => mentorId));
  for (const mentorId of (await store.sessions.findMentors(input.organisationId, ids)).values()) {
    mentorIds.add(mentorId);
  }
  await book.prepare(mentorIds);

  let commit = () => {};
  return {
    async apply(transaction) {
      const open = await book.open(transaction, mentorIds);
      const sessions = await readCurrent(open, ids, directory);
      const wanted = [...requests, ...requestsOfChanges(rows, sessions, context)];
      const calendars = await open.readCalendars(wanted);
      const decided = decideRows(deps, rows, { sessions, calendars, context });
      await open.write(decided);
      commit = () => {
        for (const { field, value, label, row } of decided.claims) {
          catalogue.add(field, [label, value], { value, label, row });
        }
      };
      return decided.results;
    },
    committed: () => commit(),
  };
}

function peopleNamed({ draft, change }: ReadRow): string[] {
  return [draft.mentor ?? [], draft.mentees ?? [], change?.mentees ?? []].flat();
}

async function readCurrent(
  open: OpenSessionBook,
  ids: readonly string[],
  directory: ImportDirectory,
): Promise<Map<string, CurrentSession>> {
  if (ids.length === 0) return new Map();
  const booked = await open.readSessions(ids);
  const people = await directory.loadIds([...booked.values()].flatMap(idsIn));
  return new Map([...booked].map(([id, session]) => [id, toCurrent(session, people)]));
}

function slotRequest({ mentor, slot }: Partial<CheckedSession> = {}): SlotRequest[] {
  return mentor && slot ? [{ mentorId: mentor.id, slot, slotGapMinutes: mentor.slotGapMinutes }] : [];
}

/**
 * Where changes will look in their mentors' calendars. Of a session that several rows change the later slots depend on
 * what becomes of the earlier rows: then it is anywhere.
 */
function requestsOfChanges(
  rows: readonly SessionRow[],
  sessions: ReadonlyMap<string, CurrentSession>,
  context: CheckContext,
): SlotRequest[] {
  const times = new Map<string, number>();
  for (const { sessionId, reading } of rows) {
    if (reading.change) times.set(sessionId, (times.get(sessionId) ?? 0) + 1);
  }
  return rows.flatMap(({ sessionId, reading: { change } }): SlotRequest[] => {
    const current = sessions.get(sessionId);
    if (!change || !current) return [];
    const { id: mentorId, slotGapMinutes } = current.mentor;
    const slot = times.get(sessionId) === 1 ? checkChange(current, change, context).slot : 'all';
    return slot ? [{ mentorId, slot, slotGapMinutes }] : [];
  });
}
