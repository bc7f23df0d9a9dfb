import { connectRedis } from '@mentorline/jobs';
import t from 'tap';
import {
  acceptFile,
  brokenPromises,
  createPeople,
  differences,
  mentorEmail,
  randomRows,
  runSuite,
  serialOracle,
  sessionFile,
  setup,
  startOwnRedis,
  waitFor,
} from '../src/index.ts';

const ROWS = 5_000;
const MENTORS = 100;

t.test('imports and their mails end although the queues are emptied again and again', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  const env = { IMPORT_CHUNK_ROWS: '50', LOG_LEVEL: 'warn' };
  // A server of its own: all of it is emptied, and other tests would feel it.
  const { url: redisUrl } = await startOwnRedis(t);
  const suite = await runSuite(t, { ...fixtures, redisUrl }, { services: ['importer', 'notifier'], env });
  const redis = connectRedis({ redisUrl, prefix: '' });
  t.teardown(() => redis.disconnect());

  const people = await createPeople(store, organisation.id, MENTORS + 1);
  const rows = randomRows({ rows: ROWS, mentors: MENTORS, days: 5, seed: 11 });
  // Of a mentor of its own: the order in which the two files run must not matter.
  const rowsOfAnother = rows.slice(0, 10).map((row) => ({ ...row, Mentor: mentorEmail(MENTORS) }));
  const first = await acceptFile(fixtures, sessionFile(rows));
  const second = await acceptFile(fixtures, sessionFile(rowsOfAnother));
  let emptied = 0;
  const ended = await waitFor('both imports end and both mails are sent', async () => {
    await redis.flushall();
    emptied += 1;
    const imports = await Promise.all([first, second].map(({ id }) => store.imports.findImport(id)));
    const mails = await Promise.all(
      imports.map((input) => input?.mailId && store.mails.findMail(input.mailId)),
    );
    return mails.every((mail) => mail && mail.status === 'sent') && imports;
  });
  t.ok(emptied > 5, `emptied ${emptied} times`);
  const expected = serialOracle(rows, { nowMs: first.acceptedAt.getTime(), people });
  t.same(await differences(store, ended[0]!, expected), []);
  t.same(await brokenPromises(store), []);
  t.equal((await suite.inbox.messages()).length, 2, 'one mail for each');
});
