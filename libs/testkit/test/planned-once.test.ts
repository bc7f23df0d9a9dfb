import { newId } from '@mentorline/store';
import t from 'tap';
import {
  brokenPromises,
  type Fixtures,
  injectFault,
  runSuite,
  setup,
  startStoppableMongod,
  waitFor,
} from '../src/index.ts';

const SESSIONS = 20;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A session of a mentor and a mentee, made some time ago. */
async function book(
  { store, users, organisation }: Fixtures,
  { title = 'Leading a school', startMs, agoMs, quiet = false }: Booking,
): Promise<string> {
  const idOf = (name: string): string => users.get(`${name}@example.org`)!.id;
  const id = newId();
  const session = {
    ...{ organisationId: organisation.id, title, description: 'How to begin', type: 'PUBLIC' as const },
    ...{
      mentorId: idOf('asha.rao'),
      mentees: [{ userId: idOf('meera.iyer'), enrolment: 'invited' as const }],
    },
    ...{ startMs, endMs: startMs + HOUR_MS, timeZone: 'Asia/Kolkata' },
    ...{ recommendedFor: ['teachers'], categories: ['communication'], medium: ['en'] },
    ...{ meeting: { platform: 'BBB' as const, link: null, meetingId: null, passcode: null }, custom: {} },
  };
  const by = { userId: idOf('manager'), at: new Date(Date.now() - agoMs), quiet };
  await store.transaction((transaction) => store.sessions.insertSessions(transaction, by, [{ id, session }]));
  return id;
}

interface Booking {
  title?: string;
  startMs: number;
  agoMs: number;
  quiet?: boolean;
}

/** The mails in the outbox: what each is, whose, and how it stands. */
async function outbox({ store }: Fixtures): Promise<string[]> {
  const mails = await store.connection.collection('mails').find().toArray();
  return mails
    .map(({ kind, session, status }) => `${kind} ${session.sessionId} ${session.role} ${status}`)
    .sort();
}

t.test('a notifier killed at each moment of planning leaves each mail of a session once', async (t) => {
  // MongoDB ends the transaction of one that is killed as late as this says.
  const mongod = await startStoppableMongod(t, { transactionLifetimeLimitSeconds: '2' });
  const fixtures = await setup(t, { mongodbUrl: mongod.url });
  const plan = (['after-mails-planned', 'before-plan-commit', 'after-plan-commit'] as const).map(
    (moment) => ({
      ...{ moment, nth: 1 },
    }),
  );
  const ids: string[] = [];
  const firstMs = Date.now() + 48 * HOUR_MS;
  for (let n = 0; n < SESSIONS; n += 1) {
    ids.push(await book(fixtures, { startMs: firstMs + 2 * n * HOUR_MS, agoMs: 2 * MINUTE_MS }));
  }
  const fault = await injectFault(t, { plan });
  const suite = await runSuite(t, fixtures, {
    services: ['notifier'],
    env: { MAIL_LEASE_MS: '1000', LOG_LEVEL: 'warn' },
    envOf: { notifier: fault.env },
    supervised: true,
  });
  await waitFor('it was killed as planned', async () => (await fault.deaths()).length === plan.length);
  const expected = ids
    .flatMap((id) => [`session-assigned ${id} mentor sent`, `session-invited ${id} mentee sent`])
    .sort();
  const { mails } = fixtures.store.connection.collections;
  await waitFor(
    'all are sent',
    async () => (await mails!.countDocuments({ status: 'sent' })) >= expected.length,
  );
  t.same(
    await fault.deaths(),
    plan.map(({ moment }) => moment),
  );
  t.same(await outbox(fixtures), expected);
  t.equal((await suite.inbox.messages()).length, expected.length, 'each came once');
  t.same(await brokenPromises(fixtures.store, suite.inbox), []);
});

t.test(
  'a reminder that falls due while no notifier runs is sent once, unless the session has begun',
  async (t) => {
    const fixtures = await setup(t);
    const suite = await runSuite(t, fixtures, { services: ['notifier'], env: { LOG_LEVEL: 'warn' } });
    const dueMs = Date.now() + 2_000;
    // At the first notifier's time of the later reminders only the last was still to come.
    const reminded = await book(fixtures, {
      ...{ startMs: dueMs + 15 * MINUTE_MS, agoMs: 5 * MINUTE_MS, quiet: true },
    });
    t.equal(await suite.stop('notifier'), 'exit code 0');
    const beginsMs = Date.now() + 1_000;
    const begun = await book(fixtures, { startMs: beginsMs, agoMs: 5 * HOUR_MS, quiet: true });
    const { sessions } = fixtures.store.connection.collections;
    const asking = () => sessions!.countDocuments({ tellAt: { $exists: true } });
    t.equal(await asking(), 2);
    await waitFor('their times have come', async () => Date.now() > Math.max(dueMs, beginsMs));

    const expected = ['mentee', 'mentor'].map((role) => `session-reminder ${reminded} ${role} sent`);
    const { mails } = fixtures.store.connection.collections;
    for (const _start of [1, 2]) {
      await suite.start('notifier');
      await waitFor('both sessions are looked at', async () => (await asking()) === 0);
      await waitFor(
        'all is sent',
        async () => (await mails!.countDocuments({ status: { $ne: 'sent' } })) === 0,
      );
      t.same(await outbox(fixtures), expected, `none of ${begun}`);
      t.equal(await suite.stop('notifier'), 'exit code 0');
    }
    t.equal((await suite.inbox.messages()).length, expected.length);
  },
);
