import { NO_ROWS, newId, type RowResult } from '@mentorline/store';
import { acceptFile, type Fixtures, sessionFile } from '@mentorline/testkit';

const BATCH = 1_000;
const PARTITIONS = 16;
/** As the importer writes them, unless it is told otherwise. */
const CHUNK_ROWS = 500;
const IMPORTS = 1_000;
const OPTIONS_OF_A_LIST = 200;
const SUPPRESSIONS = 5_000;
const ACTIONS = ['session.created', 'session.updated', 'session.cancelled', 'user.updated'];

/**
 * Fills the other lists of the organisation of the fixtures: the audit log and the results of one import with so many
 * entries each, and imports, options and suppressions as many as an organisation may come to.
 * @returns the import with the results
 */
export async function fillOtherLists(fixtures: Fixtures, entries: number): Promise<{ importId: string }> {
  const { store, organisation, users } = fixtures;
  const organisationId = organisation.id;
  const email = 'manager@example.org';
  const actor = { organisationId, userId: users.get(email)!.id, email, address: '192.0.2.1' };
  for (let from = 0; from < entries; from += BATCH) {
    const writes = Array.from({ length: Math.min(BATCH, entries - from) }, (_, n) => ({
      actor: { ...actor, requestId: newId() },
      at: new Date(Date.now() - (entries - from - n) * 1_000),
      action: ACTIONS[n % ACTIONS.length]!,
      target: { kind: 'session', id: newId() },
    }));
    await store.transaction((transaction) => store.audit.noteWrites(transaction, writes));
  }
  for (const field of ['recommendedFor', 'categories', 'medium'] as const) {
    for (let n = 0; n < OPTIONS_OF_A_LIST; n += 1) {
      const option = { organisationId, field, label: `Choice ${n}` };
      await store.transaction((transaction) => store.options.addOption(transaction, option));
    }
  }
  const mentees = store.connection.collection('users').find({ roles: 'mentee' }).limit(SUPPRESSIONS);
  for await (const { _id, email } of mentees) {
    const mentee = { id: _id.toHexString(), organisationId, email: email as string };
    await store.suppressions.noteBounce(mentee, new Date());
  }
  return { importId: await fillImports(fixtures, entries) };
}

/** Imports that are over, the last of so many rows. */
async function fillImports(fixtures: Fixtures, rows: number): Promise<string> {
  const { store } = fixtures;
  const file = sessionFile([{ Action: 'Create' }]);
  let importId = '';
  for (let n = 0; n < IMPORTS; n += 1) ({ id: importId } = await acceptFile(fixtures, file));
  const imports = store.connection.collection('imports');
  const over = {
    status: 'completed',
    startedAt: new Date(),
    finishedAt: new Date(),
    rows: NO_ROWS,
    rowsTotal: 0,
    mails: 0,
  };
  await imports.updateMany({}, { $set: over });
  const ofAll = { partitions: PARTITIONS, rowsTotal: rows, rows: { ...NO_ROWS, published: rows } };
  await imports.findOneAndUpdate({}, { $set: ofAll }, { sort: { _id: -1 } });
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    for (let from = partition; from < rows; from += PARTITIONS * CHUNK_ROWS) {
      const inChunk = Math.min(CHUNK_ROWS, Math.ceil((rows - from) / PARTITIONS));
      const chunk = Array.from({ length: inChunk }, (_, n) => resultOf(from + n * PARTITIONS + 1));
      await store.transaction((transaction) =>
        store.results.insertResults(transaction, { importId, partition, rows: chunk }),
      );
    }
  }
  return importId;
}

function resultOf(row: number): RowResult {
  const cells = ['Create', '', `Leading a school through change ${row}`, 'How heads plan a year of change'];
  return {
    ...{ row, action: 'Create', status: 'Published', sessionId: newId(), note: '', errors: [] },
    cells: [
      ...cells,
      'PUBLIC',
      'asha.rao@example.org',
      'meera.iyer@example.org',
      '01/06/2027',
      '10:00',
      'IST',
    ],
  };
}
