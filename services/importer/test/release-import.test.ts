import { newId } from '@mentorline/store';
import {
  acceptFile,
  brokenPromises,
  createPeople,
  differences,
  randomRows,
  serialOracle,
  sessionFile,
  setup,
  waitFor,
} from '@mentorline/testkit';
import t from 'tap';
import { runNextImport } from '../src/run-import.ts';
import { workerDeps } from './run-file.ts';

const ROWS = 2_000;
const MENTORS = 60;

t.test(
  'an import that is taken away from its worker goes on with another, and no row is done twice',
  async (t) => {
    const fixtures = await setup(t);
    const { store, organisation } = fixtures;
    const people = await createPeople(store, organisation.id, MENTORS);
    const rows = randomRows({ rows: ROWS, mentors: MENTORS, days: 5, seed: 55 });
    const { id, acceptedAt } = await acceptFile(fixtures, sessionFile(rows));
    const deps = workerDeps(store, { IMPORT_CHUNK_ROWS: '20' });
    const done = async (): Promise<number> => {
      const { published, invalid } = await store.imports.countRows(id);
      return published + invalid;
    };
    const work = () => runNextImport(deps, new AbortController().signal);
    const first = work();
    await waitFor('rows are applied', async () => (await done()) > 0);
    await store.transaction((transaction) => store.imports.takeAway(transaction, id, newId(), new Date()));
    await Promise.all([first, work()]);
    // Until the first has noticed it may still apply a chunk; who finds that has put the import back, and is called again.
    await waitFor('it ends', async () => {
      await work();
      return (await store.imports.findImport(id))?.status === 'completed';
    });

    const ended = (await store.imports.findImport(id))!;
    t.ok(ended.attempts > 1, `${ended.attempts} workers were at it`);
    const expected = serialOracle(rows, { nowMs: acceptedAt.getTime(), people });
    t.same(await differences(store, ended, expected), []);
    t.same(await brokenPromises(store), []);
    const happened = (await store.looks.lookAtImport(id))!.kept.last.map(({ what }) => what);
    t.ok(happened.includes('released'));
  },
);
