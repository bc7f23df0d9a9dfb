import t from 'tap';
import {
  acceptFile,
  brokenPromises,
  createPeople,
  differences,
  injectFault,
  randomRows,
  runSuite,
  serialOracle,
  sessionFile,
  setup,
  waitFor,
} from '../src/index.ts';

const ROWS = 300;
const MENTORS = 60;
const POISON = 'brings the whole process down';

t.test(
  'a row that ends the process each time it is tried becomes Invalid, and the rest goes on',
  async (t) => {
    const fixtures = await setup(t);
    const { store, organisation } = fixtures;
    const fault = await injectFault(t, { poison: POISON });
    const suite = await runSuite(t, fixtures, {
      services: ['importer', 'notifier'],
      env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' },
      envOf: { importer: fault.env },
      supervised: true,
    });
    const people = await createPeople(store, organisation.id, MENTORS);
    const rows = randomRows({ rows: ROWS, mentors: MENTORS, days: 20, seed: 43 });
    const nowMs = Date.now();
    const poisonous = serialOracle(rows, { nowMs, people }).findIndex(({ status }, index) => {
      return status === 'Published' && index > ROWS / 2;
    });
    rows[poisonous] = { ...rows[poisonous], title: `This ${POISON}` };
    const { id } = await acceptFile(fixtures, sessionFile(rows), new Date(nowMs));
    await waitFor(
      'the import ends',
      async () => (await store.imports.findImport(id))!.status === 'completed',
    );
    // As if it had been refused for a reason of its own.
    const withoutIt = rows.with(poisonous, { ...rows[poisonous], title: '' });
    const expected = serialOracle(withoutIt, { nowMs, people });
    expected[poisonous] = { status: 'Invalid', codes: ['INTERNAL_ERROR'] };
    t.same(await differences(store, { id }, expected), []);
    t.same(await brokenPromises(store, suite.inbox), []);
    const { length } = await fault.deaths();
    t.ok(length < 15, `${length} processes were lost to it`);
  },
);
