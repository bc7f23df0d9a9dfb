import t, { type Test } from 'tap';
import { type Fault, injectFault, runSuite, setup } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

/** Lets a service work on an import and be killed as planned. @returns how many copies of the mail came */
async function killAsPlanned(
  t: Test,
  service: 'importer' | 'notifier',
  plan: NonNullable<Fault['plan']>,
): Promise<number> {
  const fixtures = await setup(t);
  const fault = await injectFault(t, { plan });
  const suite = await runSuite(t, fixtures, {
    services: ['importer', 'notifier'],
    env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' },
    envOf: { [service]: fault.env },
    supervised: true,
  });
  const file = await acceptMixedFile(fixtures, { rows: 800, mentors: 30, seed: 17 });
  await file.ended();
  t.same(
    await fault.deaths(),
    plan.map(({ moment }) => moment),
    'it was killed as planned',
  );
  t.same(await file.faults(suite), []);
  return (await suite.inbox.messages()).length;
}

t.test('an importer killed at each moment of a chunk leaves no trace', async (t) => {
  const copies = await killAsPlanned(t, 'importer', [
    { moment: 'before-chunk', nth: 9 },
    { moment: 'after-results', nth: 3 },
    { moment: 'before-chunk-commit', nth: 7 },
    { moment: 'after-chunk-commit', nth: 5 },
  ]);
  t.equal(copies, 1, 'one mail');
});

t.test('an importer killed at each moment of the end leaves no trace', async (t) => {
  const copies = await killAsPlanned(t, 'importer', [
    { moment: 'before-report', nth: 1 },
    { moment: 'after-report', nth: 1 },
    { moment: 'before-end-commit', nth: 1 },
    { moment: 'after-end-commit', nth: 1 },
  ]);
  t.equal(copies, 1, 'one mail');
});

t.test('a notifier killed when the relay has the mail sends a copy of the same bytes', async (t) => {
  const copies = await killAsPlanned(t, 'notifier', [{ moment: 'before-sent-noted', nth: 1 }]);
  t.equal(copies, 2);
});
