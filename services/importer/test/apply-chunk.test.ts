import { NO_ROWS, type Store } from '@mentorline/store';
import {
  acceptFile,
  brokenPromises,
  createPeople,
  differences,
  mentorEmail,
  randomRows,
  serialOracle,
  sessionFile,
  setup,
} from '@mentorline/testkit';
import t from 'tap';
import { goodRow, resultsOf, work, workerDeps } from './run-file.ts';

/** A store that fails as a fault of ours would, for a session of that title. */
function poisoned(store: Store, title: string): Store {
  const sessionBook: Store['sessionBook'] = (...source) => {
    const book = store.sessionBook(...source);
    return {
      ...book,
      async open(...opened) {
        const open = await book.open(...opened);
        return {
          ...open,
          async write(changes) {
            if (changes.published.some(({ session }) => session.title === title)) {
              throw new TypeError('undefined is not a function');
            }
            await open.write(changes);
          },
        };
      },
    };
  };
  return { ...store, sessionBook };
}

t.test('a row that cannot be applied even alone is refused by itself, and holds no slot', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  await createPeople(store, organisation.id, 30);
  const rows = Array.from({ length: 60 }, (_, n) =>
    goodRow({
      Mentor: mentorEmail(n % 30),
      title: `Session ${n + 1}`,
      Date: `0${1 + Math.floor(n / 30)}-06-2031`,
    }),
  );
  // After the poisoned row another one wants its slot.
  rows.push(goodRow({ ...rows[16], title: 'Wants the same slot' }));
  const { id } = await acceptFile(fixtures, sessionFile(rows));
  const ended = await work(workerDeps(poisoned(store, 'Session 17'), { IMPORT_PARTITIONS: '2' }), id);
  t.match(ended, { status: 'completed', rows: { ...NO_ROWS, published: 60, invalid: 1 } });
  const results = await resultsOf(store, ended);
  const refused = results.filter(({ status }) => status !== 'Published');
  t.match(refused, [
    {
      row: 17,
      action: 'Create',
      status: 'Invalid',
      sessionId: null,
      errors: [{ code: 'INTERNAL_ERROR', column: 'row', message: /upload it again/ }],
    },
  ]);
  t.notMatch(JSON.stringify(refused), 'undefined is not', 'our own words stay with us');
  t.equal(results.at(-1)?.status, 'Published');
  t.same(await brokenPromises(store), []);
});

t.test('a chunk that others keep breaking is made smaller until it gets through', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  const people = await createPeople(store, organisation.id, 5);
  const rows = randomRows({ rows: 40, mentors: 5, days: 2, seed: 11 });
  const accepted = await acceptFile(fixtures, sessionFile(rows));
  const partitions = store.connection.collection('importPartitions');
  const sizes: number[] = [];
  // Somebody else writes the checkpoint's document in between, as long as a chunk has more than two rows.
  const advanceCheckpoint: Store['shards']['advanceCheckpoint'] = async (transaction, chunk) => {
    sizes.push(chunk.to - chunk.from);
    if (chunk.to - chunk.from > 2) {
      await partitions.updateOne({ partition: chunk.partition }, { $inc: { disturbed: 1 } });
    }
    return store.shards.advanceCheckpoint(transaction, chunk);
  };
  const disturbed = { ...store, shards: { ...store.shards, advanceCheckpoint } };
  const ended = await work(workerDeps(disturbed, { IMPORT_PARTITIONS: '1' }), accepted.id);
  t.equal(ended.status, 'completed');
  t.equal(sizes[0], 40);
  t.ok(sizes.filter((size) => size === 40).length > 1, 'first it is tried again as it is');
  const expected = serialOracle(rows, { nowMs: accepted.acceptedAt.getTime(), people });
  t.same(await differences(store, ended, expected), []);
  t.same(await brokenPromises(store), []);
});

t.test('for what the database cannot do at the moment no row is blamed', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const { id } = await acceptFile(fixtures, sessionFile([goodRow()]));
  // What the server says of an operation that it ends for reasons of its own.
  const findPeople = async (): Promise<never> => {
    const users = store.connection.collection('users');
    await users.find({ $where: 'sleep(100) || true' }).maxTimeMS(1).toArray();
    throw new Error('it was not ended');
  };
  const away = { ...store, users: { ...store.users, findPeople } };
  const left = await work(workerDeps(away), id);
  t.match(left, { status: 'applying', attempts: 1 });
  t.same(await resultsOf(store, left), []);
});
