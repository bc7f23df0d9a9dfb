import { setTimeout as sleep } from 'node:timers/promises';
import {
  acceptFile,
  createPeople,
  type Fixtures,
  holdMentor,
  mentorEmail,
  sessionFile,
  setup,
  waitFor,
} from '@mentorline/testkit';
import t from 'tap';
import type { ImportDeps } from '../src/import-deps.ts';
import { runNextImport } from '../src/run-import.ts';
import { goodRow, workerDeps } from './run-file.ts';

const SLOW = { IMPORT_CHUNK_ROWS: '2', IMPORT_PARTITIONS: '1' };

/** A file whose rows take a while, none of them in conflict; `last` comes after them. */
function longFile(rows: number, ...last: Record<string, string>[]): Buffer {
  return sessionFile([
    ...Array.from({ length: rows }, (_, n) =>
      goodRow({
        Mentor: mentorEmail(n % 10),
        Date: new Date(Date.UTC(2031, 0, 1 + Math.floor(n / 10)))
          .toISOString()
          .slice(0, 10)
          .split('-')
          .reverse()
          .join('-'),
      }),
    ),
    ...last,
  ]);
}

/** Places of workers, each of which takes the next import whenever it is free. */
function startPlaces(t: { teardown(run: () => unknown): unknown }, deps: ImportDeps, places: number): void {
  const stop = new AbortController();
  const running = Array.from({ length: places }, async () => {
    while (!stop.signal.aborted) {
      await runNextImport(deps, stop.signal);
      await sleep(10);
    }
  });
  t.teardown(async () => {
    stop.abort(new Error('the test is over'));
    await Promise.all(running);
  });
}

async function acceptMany(fixtures: Fixtures, count: number, file: Buffer): Promise<void> {
  for (let n = 0; n < count; n += 1) await acceptFile(fixtures, file);
}

t.test('an organisation has no more than two imports running, however many places there are', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  await createPeople(store, organisation.id, 10);
  await acceptMany(fixtures, 6, longFile(60));
  startPlaces(t, workerDeps(store, SLOW), 5);
  const imports = store.connection.collection('imports');
  let most = 0;
  await waitFor('all have ended', async () => {
    const running = await imports.countDocuments({ status: { $in: ['staging', 'applying', 'reporting'] } });
    most = Math.max(most, running);
    return (await imports.countDocuments({ status: 'completed' })) === 6;
  });
  t.equal(most, 2);
});

t.test('whoever has nothing running gets the place of an import that has had its turn', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation, otherOrganisation } = fixtures;
  await createPeople(store, organisation.id, 11);
  // Their last row has to wait: the large ones are not over before the small one is.
  const letGo = await holdMentor(t, fixtures, mentorEmail(10));
  await acceptMany(fixtures, 2, longFile(300, goodRow({ Mentor: mentorEmail(10) })));
  startPlaces(t, workerDeps(store, { ...SLOW, IMPORT_TURN_MS: '500' }), 2);
  const imports = store.connection.collection('imports');
  await waitFor('both run', async () => (await imports.countDocuments({ status: 'applying' })) === 2);
  const small = await acceptFile({ ...fixtures, organisation: otherOrganisation }, longFile(20));
  await waitFor(
    'the small one has ended',
    async () => (await store.imports.findImport(small.id))?.finishedAt != null,
  );
  t.equal(await imports.countDocuments({ finishedAt: null }), 2, 'before the large ones');
  await letGo();
  await waitFor('all have', async () => (await imports.countDocuments({ status: 'completed' })) === 3);
});
