import { readFile } from 'node:fs/promises';
import { readRecords } from '@mentorline/csv';
import {
  CSV_FIELD_NAMES,
  checkSession,
  type Decision,
  decideSession,
  type RowCells,
  readRow,
  SESSION_COLUMNS,
  type SessionColumn,
} from '@mentorline/domain';
import { newId, type Organisation, type Store, type User } from '@mentorline/store';

/**
 * The plain way to import: the whole file in memory, row after row, each booked by itself as a single session is, in
 * a transaction of its own. The same rules, and neither restart nor report.
 * @param path a file with the columns of the sample, in UTF-8 with commas
 * @returns what became of each row
 */
export async function importNaively(
  store: Store,
  by: { user: User; organisation: Organisation },
  path: string,
): Promise<Decision['outcome'][]> {
  const file = await readFile(path);
  const rows: string[][] = [];
  for await (const { records } of readRecords([file] as never, {
    encoding: 'utf-8',
    bom: false,
    delimiter: ',',
  })) {
    for (const { cells } of records) rows.push(cells);
  }
  const outcomes: Decision['outcome'][] = [];
  for (const cells of rows) outcomes.push(await importRow(store, by, cells));
  return outcomes;
}

async function importRow(
  store: Store,
  { user, organisation }: { user: User; organisation: Organisation },
  cells: readonly string[],
): Promise<Decision['outcome']> {
  const { settings, customFields, id: organisationId } = organisation;
  const at = new Date();
  const { draft, errors } = readRow(rowCells(cells), customFields);
  const people = await store.users.findPeople(organisation, [draft.mentor ?? [], draft.mentees ?? []].flat());
  const checked = checkSession(draft, {
    directory: { find: (reference) => people.get(reference) },
    options: await store.options.loadCatalogue(organisationId),
    settings,
    nowMs: at.getTime(),
    names: CSV_FIELD_NAMES,
  });
  const { mentor, slot } = checked;
  const requests =
    mentor && slot ? [{ mentorId: mentor.id, slot, slotGapMinutes: mentor.slotGapMinutes }] : [];
  const mentorIds = requests.map(({ mentorId }) => mentorId);
  await store.slots.ensureLocks(mentorIds);
  return store.transaction(async (transaction) => {
    const locked = await store.slots.lockMentors(transaction, { organisationId }, mentorIds);
    const calendars = await locked.readCalendars(requests);
    const decided = decideSession(draft, checked, errors, calendars, { organisationId, settings });
    if (decided.outcome === 'published') {
      const claims = decided.newOptions.map((option) => ({ ...option, row: null }));
      await store.options.claimOptions(transaction, { organisationId }, claims);
      await store.sessions.insertSessions(transaction, { userId: user.id, at }, [
        { id: newId(), session: decided.session },
      ]);
    }
    return decided.outcome;
  });
}

const PLACES = new Map<SessionColumn, number>(SESSION_COLUMNS.map(({ key }, index) => [key, index]));

function rowCells(cells: readonly string[]): RowCells {
  return {
    get: (column) => cells[PLACES.get(column)!] ?? '',
    custom: new Map(),
    surplus: [],
    earlierStatus: '',
  };
}
