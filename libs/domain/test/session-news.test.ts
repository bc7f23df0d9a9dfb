import t from 'tap';
import { nextReminderMs, reminderAt, type SessionFacts, sessionNews } from '../src/index.ts';

const START = Date.UTC(2031, 5, 14, 9, 30);
const MINUTE = 60_000;
const seat = (userId: string, enrolment: 'invited' | 'self' = 'invited') => ({ userId, enrolment });
const SESSION: SessionFacts = {
  ...{ title: 'Leading', mentorId: 'asha', mentees: [seat('meera'), seat('arjun', 'self')] },
  ...{ startMs: START, endMs: START + 60 * MINUTE, cancelled: false },
  meeting: { platform: 'ZOOM', link: 'https://zoom.us/j/1', meetingId: '1', passcode: '2' },
};
const news = (before: SessionFacts | undefined, after: Partial<SessionFacts>) =>
  sessionNews(before, { ...SESSION, ...after })
    .map((one) => `${one.userId} ${one.news}`)
    .sort();

t.test('everybody in a new session is told how they are in it', async (t) => {
  t.same(news(undefined, {}), ['arjun enrolled', 'asha assigned', 'meera invited']);
  t.same(news(undefined, { mentees: [] }), ['asha assigned']);
  t.same(news(undefined, { cancelled: true }), []);
});

t.test('what a mail tells counts as a change, and nothing else', async (t) => {
  t.same(news(SESSION, {}), []);
  const { meeting } = SESSION;
  for (const change of [
    { title: 'Led' },
    { startMs: START + MINUTE },
    { endMs: START + 61 * MINUTE },
    { meeting: { ...meeting, platform: 'BBB' as const } },
    { meeting: { ...meeting, link: null } },
    { meeting: { ...meeting, meetingId: '2' } },
    { meeting: { ...meeting, passcode: null } },
  ]) {
    t.same(news(SESSION, change), ['arjun changed', 'asha changed', 'meera changed']);
  }
  t.same(news(SESSION, { meeting: { ...meeting } }), []);
  t.same(
    news(SESSION, { mentees: [seat('arjun'), seat('meera', 'self')] }),
    [],
    'who seated them does not matter',
  );
});

t.test('who comes and who goes is told that alone', async (t) => {
  const after = { title: 'Led', mentees: [seat('meera'), seat('ravi')] };
  t.same(news(SESSION, after), ['arjun removed', 'asha changed', 'meera changed', 'ravi invited']);
  t.same(news(SESSION, { mentorId: 'vikram' }), ['asha cancelled', 'vikram assigned']);
  t.same(news(SESSION, { cancelled: true, mentees: [seat('ravi')] }), [
    ...['arjun cancelled', 'asha cancelled', 'meera cancelled'],
  ]);
  t.same(news({ ...SESSION, cancelled: true }, { cancelled: true }), []);
});

t.test('reminders are due a day, an hour and a quarter of an hour before the start', async (t) => {
  const before = (minutes: number) => START - minutes * MINUTE;
  t.equal(nextReminderMs(START, before(5_000)), before(1440));
  t.equal(nextReminderMs(START, before(1440)), before(60));
  t.equal(nextReminderMs(START, before(60) - 1), before(60));
  t.equal(nextReminderMs(START, before(60)), before(15));
  t.equal(nextReminderMs(START, before(15)), undefined);
  t.equal(reminderAt(START, before(1441)), undefined);
  t.equal(reminderAt(START, before(1440)), 1440);
  t.equal(reminderAt(START, before(61)), 1440);
  t.equal(reminderAt(START, before(59)), 60, 'of those whose time has come the nearest');
  t.equal(reminderAt(START, before(1)), 15);
  t.equal(reminderAt(START, START), undefined);
});
