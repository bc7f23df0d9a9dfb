import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import {
  acceptFile,
  brokenPromises,
  createPeople,
  differences,
  randomNumbers,
  randomRows,
  runSuite,
  serialOracle,
  sessionFile,
  setup,
  waitFor,
} from '../src/index.ts';

const ROWS = 20_000;
const MENTORS = 400;
const KILLS = 10;
const KILLS_WHILE_STAGING = 2;

t.test('an import whose importer is killed ten times ends as if nothing had happened', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  // Small chunks: more moments at which a kill can hurt.
  const env = { IMPORT_CHUNK_ROWS: '60', LOG_LEVEL: 'warn' };
  const suite = await runSuite(t, fixtures, { services: ['importer', 'notifier'], env });
  const people = await createPeople(store, organisation.id, MENTORS);
  const rows = randomRows({ rows: ROWS, mentors: MENTORS, days: 5, seed: 7 });
  const { id, acceptedAt } = await acceptFile(fixtures, sessionFile(rows));
  const random = randomNumbers(Date.now());
  const killedIn: string[] = [];

  let attempts = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    await waitFor(
      'another worker takes the import up',
      async () => (await store.imports.findImport(id))!.attempts > attempts,
      20_000,
    );
    if (kill < KILLS_WHILE_STAGING) {
      // The moment itself is what is random here.
      await delay(random(200));
    } else {
      const share = (kill - KILLS_WHILE_STAGING + random(1_000) / 1_000) / (KILLS - KILLS_WHILE_STAGING);
      const rowsApplied = Math.floor(share * 0.95 * ROWS);
      await waitFor(
        `${rowsApplied} rows are applied`,
        async () => {
          const { published, invalid } = await store.imports.countRows(id);
          return published + invalid >= rowsApplied;
        },
        30_000,
      );
    }
    await suite.kill('importer');
    const left = (await store.imports.findImport(id))!;
    attempts = left.attempts;
    killedIn.push(left.status);
    await suite.start('importer');
  }
  t.comment(`killed while ${killedIn.join(', ')}`);
  t.notOk(killedIn.includes('completed'), 'every kill met the import under way');

  const ended = await waitFor(
    'the import ends',
    async () => {
      const input = (await store.imports.findImport(id))!;
      return input.status === 'completed' && input;
    },
    60_000,
  );
  const expected = serialOracle(rows, { nowMs: acceptedAt.getTime(), people });
  t.same(await differences(store, ended, expected), []);
  t.same(await brokenPromises(store), []);
  const { messageId } = (await store.mails.findMail(ended.mailId!))!;
  await suite.inbox.waitForMessage(({ mail }) => mail.messageId === messageId, 20_000);
  await waitFor(
    'the mail is settled',
    async () => (await store.mails.findMail(ended.mailId!))?.status === 'sent',
    10_000,
  );
  t.equal((await suite.inbox.messages()).length, 1, 'one mail');
});
