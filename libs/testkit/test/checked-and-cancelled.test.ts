import t from 'tap';
import { holdMentor, mentorEmail, runSuite, setup, waitFor } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

t.test('a check says what the import would say, and leaves nothing but that', async (t) => {
  const fixtures = await setup(t);
  const { connection } = fixtures.store;
  const suite = await runSuite(t, fixtures, {
    services: ['importer', 'notifier'],
    env: { IMPORT_CHUNK_ROWS: '50', LOG_LEVEL: 'warn' },
  });
  const file = await acceptMixedFile(fixtures, { rows: 1_000, mentors: 40, seed: 53, mode: 'check' });
  const before = await connection.collection('options').countDocuments();
  await file.ended();
  t.same(await file.faults(suite), []);
  t.equal(await connection.collection('options').countDocuments(), before, 'no new option');
});

t.test('what a cancelled import has applied is what it would have applied anyway', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const suite = await runSuite(t, fixtures, { env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' } });
  const manager = await suite.signIn('manager@example.org');
  const file = await acceptMixedFile(fixtures, { rows: 1_000, mentors: 60, seed: 59 });
  await holdMentor(t, fixtures, mentorEmail(0));
  await waitFor(
    'some rows have their result',
    async () => (await store.connection.collection('importResults').countDocuments()) > 5,
  );
  const { status } = await manager.fetch(`/v1/imports/${file.id}/cancel`, { method: 'POST' });
  t.equal(status, 202);
  const ended = await file.ended();
  t.equal(ended.status, 'cancelled');
  t.ok(ended.rows!.unprocessed > 0 && ended.rows!.published > 0, 'it was under way');
  t.same(await file.faults(suite), []);
});
