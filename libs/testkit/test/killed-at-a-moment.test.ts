import { newId } from '@mentorline/store';
import t, { type Test } from 'tap';
import { brokenPromises, type Fault, injectFault, runSuite, setup, waitFor } from '../src/index.ts';
import { acceptMixedFile } from './mixed-import.ts';

/** Lets an importer work and be killed as planned. @returns how many copies of the mail came */
async function killAsPlanned(t: Test, plan: NonNullable<Fault['plan']>): Promise<number> {
  const fixtures = await setup(t);
  const fault = await injectFault(t, { plan });
  const suite = await runSuite(t, fixtures, {
    services: ['importer', 'notifier'],
    env: { IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' },
    envOf: { importer: fault.env },
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
  const copies = await killAsPlanned(t, [
    { moment: 'before-chunk', nth: 9 },
    { moment: 'after-results', nth: 3 },
    { moment: 'before-chunk-commit', nth: 7 },
    { moment: 'after-chunk-commit', nth: 5 },
  ]);
  t.equal(copies, 1, 'one mail');
});

t.test('an importer killed at each moment of the end leaves no trace', async (t) => {
  const copies = await killAsPlanned(t, [
    { moment: 'before-report', nth: 1 },
    { moment: 'after-report', nth: 1 },
    { moment: 'before-end-commit', nth: 1 },
    { moment: 'after-end-commit', nth: 1 },
  ]);
  t.equal(copies, 1, 'one mail');
});

t.test(
  'a notifier killed at each moment of a mail loses none, and sends copies only of what is not noted',
  async (t) => {
    const plan = (
      ['after-mails-claimed', 'before-mail-sent', 'before-sent-noted', 'after-sent-noted'] as const
    ).map((moment) => ({ moment, nth: 1 }));
    const fixtures = await setup(t);
    const { store, organisation } = fixtures;
    const fault = await injectFault(t, { plan });
    const suite = await runSuite(t, fixtures, {
      services: ['notifier'],
      env: { MAIL_LEASE_MS: '1000', LOG_LEVEL: 'warn' },
      envOf: { notifier: fault.env },
      supervised: true,
    });
    const start = new Date(Date.now() + 86_400_000);
    const send = (messageId: string): Promise<string> =>
      store.transaction((transaction) =>
        store.mails.addMail(transaction, {
          ...{ organisationId: organisation.id, kind: 'session-cancelled', messageId, date: new Date() },
          to: { name: 'Meera Iyer', address: 'meera.iyer@example.org' },
          session: {
            ...{ sessionId: newId(), version: 2, userId: newId(), role: 'mentee', timeZone: 'UTC' },
            ...{ mentor: { name: 'Asha Rao', address: 'asha.rao@example.org' }, title: 'Leading a school' },
            ...{ start, end: start, reminderMinutes: null },
          },
        }),
      );
    const isSent = async (id: string): Promise<boolean> =>
      (await store.mails.findMail(id))?.status === 'sent';

    const [first, second] = ['<first@example.org>', '<second@example.org>'] as const;
    const killed = await send(first);
    await waitFor('the first is sent', () => isSent(killed));
    await waitFor('it was killed as planned', async () => (await fault.deaths()).length === plan.length);
    // Once the next notifier is at work.
    const after = await send(second);
    await waitFor('the second is sent', () => isSent(after));
    t.same(
      await fault.deaths(),
      plan.map(({ moment }) => moment),
    );
    const arrived = (await suite.inbox.messages()).map(({ mail }) => mail.messageId);
    t.same(arrived, [first, first, second], 'one copy, by the third, and none once it was noted');
    t.same(await brokenPromises(store, suite.inbox), [], 'the copies are identical');
  },
);
