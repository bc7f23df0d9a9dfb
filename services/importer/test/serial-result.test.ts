import {
  acceptFile,
  brokenPromises,
  createPeople,
  differences,
  randomRows,
  serialOracle,
  sessionFile,
  setup,
} from '@mentorline/testkit';
import t from 'tap';
import { runNextImport } from '../src/run-import.ts';
import { workerDeps } from './run-file.ts';

const ROWS = 5_000;
const MENTORS = 200;

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
    const expected = serialOracle(rows, { nowMs: accepted.acceptedAt.getTime(), people });
    const conflicts = expected.filter(({ slotMessage }) => slotMessage !== undefined).length;
    t.ok(conflicts > 0.3 * ROWS, `the file is contentious: ${conflicts} rows want a slot that is taken`);

    const deps = workerDeps(store, {
      IMPORT_PARTITIONS: String(partitions),
      IMPORT_CHUNK_ROWS: String(chunkRows),
    });
    await runNextImport(deps, new AbortController().signal);

    const ended = (await store.imports.findImport(accepted.id))!;
    t.equal(ended.status, 'completed');
    t.equal(ended.partitions, partitions);
    t.same(await differences(store, ended, expected), []);
    t.same(await brokenPromises(store), []);
  });
}
