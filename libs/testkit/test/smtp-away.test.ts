import { setTimeout as delay } from 'node:timers/promises';
import { startInbox } from '@mentorline/devstack';
import t from 'tap';
import { acceptFile, createPeople, randomRows, runSuite, sessionFile, setup, waitFor } from '../src/index.ts';

const AWAY_MS = 5_000;

t.test('a report whose mail server is away for five seconds arrives once', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  const suite = await runSuite(t, fixtures, { services: ['importer', 'notifier'] });
  await createPeople(store, organisation.id, 3);
  const { port, dir } = suite.inbox;
  await suite.inbox.stop();

  const file = sessionFile(randomRows({ rows: 20, mentors: 3, days: 20, seed: 3 }));
  const { id } = await acceptFile(fixtures, file);
  const mailId = await waitFor(
    'the import ends',
    async () => (await store.imports.findImport(id))?.mailId ?? false,
  );
  const tried = await waitFor('sending is tried in vain', async () => {
    const mail = (await store.mails.findMail(mailId))!;
    return mail.attempts > 0 && mail.status === 'pending' && mail;
  });
  t.ok(tried.lastError, 'the reason is kept');
  // The outage itself: how long it lasts is what is tested.
  await delay(AWAY_MS);

  const inbox = await startInbox({ port, dir });
  t.teardown(() => inbox.stop());
  const { mail } = await inbox.waitForMessage(() => true, 60_000);
  t.equal(mail.messageId, tried.messageId);
  const sent = await waitFor('it is noted as sent', async () => {
    const settled = await store.mails.findMail(mailId);
    return settled?.status === 'sent' && settled;
  });
  t.ok(sent.attempts > 1, `after ${sent.attempts} attempts`);
  t.equal((await inbox.messages()).length, 1);
});
