import t from 'tap';
import {
  acceptFile,
  brokenPromises,
  createPeople,
  menteeEmail,
  mentorEmail,
  randomNumbers,
  runSuite,
  sessionFile,
  setup,
  waitFor,
} from '../src/index.ts';

const MENTORS = 10;
const SESSIONS = 100;
const MENTEES = 2;
const MAILS = SESSIONS * (1 + MENTEES);
const KILLS = 8;

t.test(
  'everybody in a session is told of it once, though notifiers are killed again and again',
  async (t) => {
    const seed = Date.now();
    const random = randomNumbers(seed);
    t.comment(JSON.stringify({ seed }));
    const fixtures = await setup(t);
    const { store, organisation } = fixtures;
    await createPeople(store, organisation.id, MENTORS);
    const suite = await runSuite(t, fixtures, {
      services: ['importer', 'notifier', 'second notifier'],
      env: { SESSION_MAIL_DELAY_MS: '0', MAIL_LEASE_MS: '1000', LOG_LEVEL: 'warn' },
      supervised: true,
    });
    const rows = Array.from({ length: SESSIONS }, (_, n) => ({
      ...{ Action: 'Create', title: `Session ${n}`, description: 'About', type: 'Public', Duration: '60' },
      ...{
        Mentor: mentorEmail(n % MENTORS),
        Mentees: `${menteeEmail(n % 20)},${menteeEmail(20 + (n % 20))}`,
      },
      ...{ Date: `${10 + Math.floor(n / MENTORS)}-06-2031`, Zone: 'IST', Time: '15:00 Hrs' },
      ...{ recommended_for: 'Teachers', categories: 'Communication', medium: 'English' },
    }));
    await acceptFile(fixtures, sessionFile(rows));

    const mails = store.connection.collection('mails');
    const sent = () => mails.countDocuments({ status: 'sent' });
    for (let kill = 0; kill < KILLS; kill += 1) {
      const target = (kill * MAILS) / (KILLS + 1) + random(MAILS / (KILLS + 1));
      await waitFor(`${Math.floor(target)} mails are sent`, async () => (await sent()) >= target);
      await suite.kill(random(2) === 0 ? 'notifier' : 'second notifier');
    }
    await waitFor('all mails are sent', async () => (await sent()) === MAILS + 1);

    const planned = await mails.find({ kind: { $regex: '^session-' } }).toArray();
    const told = new Set(planned.map(({ session }) => `${session.sessionId} ${session.userId}`));
    t.equal(planned.length, MAILS);
    t.equal(told.size, MAILS, 'one mail for each person in each session');
    const untold = { $or: [{ untold: { $exists: true } }, { tellAt: { $exists: false } }] };
    t.equal(await store.connection.collection('sessions').countDocuments(untold), 0);
    t.same(
      await brokenPromises(store, suite.inbox),
      [],
      'each came, and more than once only as identical copies',
    );
  },
);
