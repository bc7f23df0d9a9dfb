import type { Import, RowResult, Store } from '@mentorline/store';
import {
  acceptFile,
  brokenPromises,
  createPeople,
  randomRows,
  serialOracle,
  sessionFile,
  setup,
} from '@mentorline/testkit';
import { pino } from 'pino';
import t from 'tap';
import { loadImporterConfig } from '../src/config.ts';
import { runImport } from '../src/run-import.ts';

const ROWS = 5_000;
const MENTORS = 200;

async function resultsOf(store: Store, { id, partitions }: Import): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for await (const result of store.results.readResults(id, partitions)) results.push(result);
  return results;
}

for (const [partitions, chunkRows] of [
  [1, 500],
  [4, 97],
  [16, 500],
] as const) {
  t.test(`results equal the serial ones, row for row, with ${partitions} partitions`, async (t) => {
    const fixtures = await setup(t);
    const { store, organisation } = fixtures;
    const people = await createPeople(store, organisation.id, MENTORS);
    const rows = randomRows({ rows: ROWS, mentors: MENTORS, days: 3, seed: 20_310_601 });
    const accepted = await acceptFile(fixtures, sessionFile(rows));
    const config = loadImporterConfig({
      IMPORT_PARTITIONS: String(partitions),
      IMPORT_CHUNK_ROWS: String(chunkRows),
    });
    const queues = { enqueue: async () => true };
    const deps = { store, queues, config, logger: pino({ level: 'silent' }) };
    await runImport(deps, accepted.id, new AbortController().signal);

    const ended = (await store.imports.findImport(accepted.id))!;
    t.equal(ended.status, 'completed');
    t.equal(ended.partitions, partitions);
    const expected = serialOracle(rows, { nowMs: accepted.acceptedAt.getTime(), people });
    const conflicts = expected.filter(({ slotMessage }) => slotMessage !== undefined).length;
    t.ok(conflicts > ROWS / 4, `the file is contentious (${conflicts} rows want a slot that is taken)`);
    t.ok(expected.filter(({ status }) => status === 'Published').length > ROWS / 4, 'and many rows are fine');

    const results = await resultsOf(store, ended);
    t.same(
      results.map(({ row }) => row),
      expected.map((_, index) => index + 1),
      'every row has one result, in file order',
    );
    const different = results.flatMap((result, index) => {
      const want = expected[index]!;
      const codes = result.errors.map(({ code }) => code).sort();
      const slotMessage = result.errors.find(({ code }) => code === 'MENTOR_SLOT_TAKEN')?.message;
      const same =
        result.status === want.status &&
        codes.join() === [...want.codes].sort().join() &&
        slotMessage === want.slotMessage;
      return same ? [] : [{ row: result.row, got: { status: result.status, codes, slotMessage }, want }];
    });
    t.same(different.slice(0, 3), [], 'no row differs from the serial result');
    t.same(await brokenPromises(store), []);
  });
}
