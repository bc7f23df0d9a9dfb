import t from 'tap';
import { planMails } from '../../src/sessions/plan-mails.ts';
import { dueAt, HOUR_MS, later, MADE, MINUTE_MS, openSessions, planner, START } from './session-fixture.ts';

const TOLD = later(MADE, MINUTE_MS);
const CHANGED = later(MADE, HOUR_MS);
const CHANGE_TOLD = later(CHANGED, MINUTE_MS);
const MOVED = { start: later(START, HOUR_MS), end: later(START, 2 * HOUR_MS) };

t.test('a new session is told to its mentor and its mentees, a minute later and once', async (t) => {
  const { book, planAt, mails, meera, arjun, organisation, store } = await openSessions(t);
  const id = await book({
    mentees: [
      { userId: meera, enrolment: 'invited' },
      { userId: arjun, enrolment: 'self' as never },
    ],
  });
  t.same(await dueAt(store, later(TOLD, -1)), [], 'not yet');
  t.same(await planAt(TOLD), ['assigned Asha', 'enrolled Arjun', 'invited Meera']);
  t.same(await planAt(TOLD), [], 'once');
  t.same(await dueAt(store, later(START, -25 * HOUR_MS)), []);
  const [invited] = (await mails()).filter(({ kind }) => kind === 'session-invited');
  t.match(invited, {
    organisationId: organisation.id,
    to: { name: 'Meera Iyer', address: 'meera.iyer@example.org' },
    messageId: `<session-invited.${id}.${meera}.1@mentoring.example.org>`,
    date: TOLD,
    status: 'pending',
    session: { sessionId: id, version: 1, role: 'mentee', title: 'Leading a school', start: START },
  });
});

t.test('a session that is made and cancelled within the minute is told to nobody', async (t) => {
  const { book, change, planAt, store } = await openSessions(t);
  const id = await book();
  await change(id, later(MADE, MINUTE_MS / 2), { cancelledAt: later(MADE, MINUTE_MS / 2) });
  t.same(await planAt(TOLD), []);
  t.same(await dueAt(store, later(START, HOUR_MS)), [], 'nor later');
});

t.test('many changes within a minute become one mail, a minute after the first', async (t) => {
  const { book, change, planAt, mails, store } = await openSessions(t);
  const id = await book();
  await planAt(TOLD);
  await change(id, CHANGED, { start: later(START, 3 * HOUR_MS), end: later(START, 4 * HOUR_MS) });
  await change(id, later(CHANGED, 40_000), MOVED);
  await change(id, later(CHANGED, 50_000), { title: '$title' });
  t.same(await dueAt(store, later(CHANGE_TOLD, -1)), []);
  t.same(await planAt(CHANGE_TOLD), ['changed Asha', 'changed Meera']);
  const mail = (await mails()).at(-1);
  t.match(mail?.session, {
    version: 4,
    title: '$title',
    ...MOVED,
    inside: { before: { title: 'Leading a school', start: START } },
  });
  t.same(await planAt(later(CHANGED, HOUR_MS)), []);
});

t.test('a session that comes back to where it was is not told as changed', async (t) => {
  const { book, change, planAt } = await openSessions(t);
  const id = await book();
  await planAt(TOLD);
  await change(id, CHANGED, MOVED);
  await change(id, CHANGED, { start: START, end: later(START, HOUR_MS) });
  await change(id, CHANGED, { description: 'What nobody is told of' });
  t.same(await planAt(CHANGE_TOLD), []);
});

t.test('who joins is invited, who leaves is told so, and who stays is left in peace', async (t) => {
  const { book, change, planAt, mails, meera, arjun } = await openSessions(t);
  const id = await book();
  await planAt(TOLD);
  await change(id, CHANGED, { mentees: [{ userId: arjun, enrolment: 'invited' }] });
  t.same(await planAt(CHANGE_TOLD), ['invited Arjun', 'removed Meera']);
  const removed = (await mails()).find(({ kind }) => kind === 'session-removed');
  t.equal(removed?.session?.userId, meera);
  t.equal(removed?.session?.inside, undefined, 'nothing that only those in it may read');
  const again = later(CHANGED, HOUR_MS);
  await change(id, again, { mentees: [{ userId: meera, enrolment: 'invited' }] });
  await change(id, again, { mentees: [{ userId: arjun, enrolment: 'self' }] });
  t.same(await planAt(later(again, MINUTE_MS)), [], 'out and in again');
});

t.test('a cancelled session is told as those in it know it', async (t) => {
  const { book, change, planAt, mails, arjun } = await openSessions(t);
  const id = await book();
  await planAt(TOLD);
  await change(id, CHANGED, { ...MOVED, mentees: [{ userId: arjun, enrolment: 'invited' }] });
  await change(id, CHANGED, { cancelledAt: CHANGED });
  t.same(await planAt(CHANGE_TOLD), ['cancelled Asha', 'cancelled Meera'], 'Arjun never heard of it');
  const cancelled = (await mails()).filter(({ kind }) => kind === 'session-cancelled');
  for (const { session } of cancelled) t.match(session, { start: START, version: 3 });
  t.same(await planAt(later(START, HOUR_MS)), [], 'and nobody is reminded of it');
});

t.test(
  'another mentor in the place of the first: the one is told it is off, the other that it is on',
  async (t) => {
    const { book, change, planAt, users, store } = await openSessions(t);
    const id = await book();
    await planAt(TOLD);
    const vikram = users.get('vikram.shah@example.org')!.id;
    await change(id, CHANGED, {});
    const { Types } = store.connection.base;
    await store.connection
      .collection('sessions')
      .updateOne({}, { $set: { mentorId: new Types.ObjectId(vikram) } });
    t.same(await planAt(CHANGE_TOLD), ['assigned Vikram', 'cancelled Asha']);
  },
);

t.test('nobody is told of what lies in the past, nor somebody who is active no longer', async (t) => {
  const { book, planAt, store, change } = await openSessions(t);
  const id = await book();
  t.same(await planAt(later(START, HOUR_MS + 1)), [], 'all notifiers were down until it was over');
  t.same(await dueAt(store, later(START, 24 * HOUR_MS)), []);
  t.ok(id);
  const other = await book();
  await store.connection
    .collection('users')
    .updateOne({ email: 'meera.iyer@example.org' }, { $set: { active: false } });
  t.same(await planAt(TOLD), ['assigned Asha']);
  const live = later(START, MINUTE_MS);
  const meeting = { platform: 'GOOGLE_MEET', link: 'https://meet.google.com/abc-defg-hij' } as const;
  await change(other, live, { meeting: { ...meeting, meetingId: null, passcode: null } });
  t.same(await planAt(later(live, MINUTE_MS)), ['changed Asha'], 'a live one can still change its meeting');
});

t.test('what is written quietly is told to nobody, and counts as known afterwards', async (t) => {
  const { book, change, planAt, mails } = await openSessions(t);
  const id = await book({}, MADE, true);
  t.same(await planAt(later(MADE, HOUR_MS)), []);
  await change(id, CHANGED, { title: 'Quietly renamed' }, true);
  t.same(await planAt(CHANGE_TOLD), []);
  await change(id, CHANGED, MOVED);
  await change(id, CHANGED, { title: 'Renamed in between' }, true);
  t.same(await planAt(CHANGE_TOLD), ['changed Asha', 'changed Meera']);
  t.match((await mails())[0]?.session?.inside?.before, { title: 'Quietly renamed', start: START });
  const quietly = await book({ title: 'Never told', mentees: [] }, MADE, true);
  await change(quietly, CHANGED, { cancelledAt: CHANGED });
  t.same(await planAt(CHANGE_TOLD), ['cancelled Asha'], 'a later cancellation is told');
  const gone = await book({ title: 'Never told either', mentees: [] }, MADE, true);
  await change(gone, CHANGED, { cancelledAt: CHANGED }, true);
  t.same(
    await planAt(later(START, -15 * MINUTE_MS)),
    ['reminder Asha', 'reminder Meera'],
    'of the first only',
  );
});

t.test('reminders come a day, an hour and a quarter of an hour before, each once', async (t) => {
  const { book, planAt, mails, store } = await openSessions(t);
  const id = await book();
  await planAt(TOLD);
  for (const minutes of [24 * 60, 60, 15]) {
    const due = later(START, -minutes * MINUTE_MS);
    t.same(await dueAt(store, later(due, -1)), [], `${minutes} minutes before`);
    t.same(await planAt(due), ['reminder Asha', 'reminder Meera']);
    t.same(await planAt(due), []);
    t.equal((await mails()).at(-1)?.session?.reminderMinutes, minutes);
  }
  t.same(await planAt(START), []);
  t.equal(new Set((await mails()).map(({ messageId }) => messageId)).size, 8);
  t.ok(id);
});

t.test('of reminders that are late the nearest goes, and none once it has begun', async (t) => {
  const { book, planAt, mails } = await openSessions(t);
  await book();
  await planAt(TOLD);
  t.same(await planAt(later(START, -30 * MINUTE_MS)), ['reminder Asha', 'reminder Meera'], 'after an outage');
  t.equal((await mails()).at(-1)?.session?.reminderMinutes, 60);
  t.same(await planAt(START), []);
});

t.test(
  'a session that moves is reminded of by its new start, one that is near only by what is ahead',
  async (t) => {
    const { book, change, planAt, store } = await openSessions(t);
    const id = await book();
    await planAt(TOLD);
    await planAt(later(START, -24 * HOUR_MS));
    const at = later(START, -20 * HOUR_MS);
    await change(id, at, { start: later(START, 48 * HOUR_MS), end: later(START, 49 * HOUR_MS) });
    t.same(await planAt(later(at, MINUTE_MS)), ['changed Asha', 'changed Meera']);
    t.same(await dueAt(store, later(START, 24 * HOUR_MS - 1)), [], 'the old start is forgotten');
    t.same(await planAt(later(START, 24 * HOUR_MS)), ['reminder Asha', 'reminder Meera']);
    const back = later(START, 25 * HOUR_MS);
    await change(id, back, { start: later(back, 30 * MINUTE_MS), end: later(back, 90 * MINUTE_MS) });
    t.same(
      await planAt(later(back, MINUTE_MS)),
      ['changed Asha', 'changed Meera'],
      'that is reminder enough',
    );
    t.same(await dueAt(store, later(back, 15 * MINUTE_MS - 1)), []);
    t.same(await planAt(later(back, 15 * MINUTE_MS)), ['reminder Asha', 'reminder Meera']);
  },
);

t.test('whoever is told of a session at the moment of a reminder needs none', async (t) => {
  const { book, planAt, change, arjun, meera } = await openSessions(t);
  await book({}, later(START, -24 * HOUR_MS - MINUTE_MS));
  t.same(await planAt(later(START, -24 * HOUR_MS)), ['assigned Asha', 'invited Meera']);
  const id = await book({ title: 'Another' });
  await planAt(TOLD);
  const mentees = [meera, arjun].map((userId) => ({ userId, enrolment: 'invited' as const }));
  await change(id, later(START, -61 * MINUTE_MS), { mentees });
  const told = await planAt(later(START, -60 * MINUTE_MS));
  t.same(told, ['invited Arjun', 'reminder Asha', 'reminder Asha', 'reminder Meera', 'reminder Meera']);
});

t.test('a reminder goes at its time, and cuts the minute of no change short', async (t) => {
  const { book, planAt, change, mails, arjun, meera, store } = await openSessions(t);
  const id = await book();
  await planAt(TOLD);
  const due = later(START, -24 * HOUR_MS);
  const changed = later(due, -20_000);
  await change(id, changed, { title: 'Leading' });
  await change(id, changed, {
    mentees: [meera, arjun].map((userId) => ({ userId, enrolment: 'invited' as const })),
  });
  t.same(await planAt(due), ['reminder Asha', 'reminder Meera'], 'Arjun has yet to hear of it');
  t.equal((await mails()).at(-1)?.session?.title, 'Leading', 'it tells the session as it is');
  await change(id, later(due, 20_000), { title: 'Leading well' });
  t.same(await dueAt(store, later(changed, MINUTE_MS - 1)), [], 'more may follow');
  t.same(await planAt(later(changed, MINUTE_MS)), ['changed Asha', 'changed Meera', 'invited Arjun']);
  t.match((await mails()).find(({ kind }) => kind === 'session-changed')?.session, {
    ...{ title: 'Leading well', inside: { before: { title: 'Leading a school' } } },
  });
  t.same(await dueAt(store, later(START, -HOUR_MS - 1)), []);
  t.same(await planAt(later(START, -HOUR_MS)), ['reminder Arjun', 'reminder Asha', 'reminder Meera']);
});

t.test(
  'a session that nobody knows of yet is not reminded of, but told, a minute after it was made',
  async (t) => {
    const { book, planAt, store } = await openSessions(t);
    const made = later(START, -24 * HOUR_MS - MINUTE_MS / 2);
    await book({}, made);
    t.same(await planAt(later(START, -24 * HOUR_MS)), []);
    t.same(await dueAt(store, later(made, MINUTE_MS - 1)), []);
    t.same(await planAt(later(made, MINUTE_MS)), ['assigned Asha', 'invited Meera']);
    t.same(await planAt(later(START, -HOUR_MS)), ['reminder Asha', 'reminder Meera']);
  },
);

t.test('planners that meet put each mail in the outbox once', async (t) => {
  const { book, mails, store } = await openSessions(t);
  for (let n = 0; n < 20; n += 1) {
    await book({ title: `Session ${n}`, startMs: START.getTime() + n * 2 * HOUR_MS });
  }
  const due = await dueAt(store, TOLD);
  t.equal(due.length, 20);
  await Promise.all([1, 2, 3, 4].map(() => planMails(planner(store, TOLD), due)));
  t.equal((await mails()).length, 40);
  t.same(await dueAt(store, TOLD), []);
});

t.test('a change that comes in while mails are planned is told of later, and not lost', async (t) => {
  const { book, change, planAt, store, mails } = await openSessions(t);
  const id = await book();
  let crossed = false;
  const crossing = {
    ...store,
    mails: {
      ...store.mails,
      async addMails(...given: Parameters<typeof store.mails.addMails>) {
        await store.mails.addMails(...given);
        if (crossed) return;
        crossed = true;
        await change(id, TOLD, MOVED);
      },
    },
  };
  await planMails(planner(crossing, TOLD), [id]);
  const told = await mails();
  t.equal(told.length, 2);
  for (const { session } of told) t.match(session, { version: 2, ...MOVED }, 'planned again, as it is now');
  t.same(await planAt(later(TOLD, HOUR_MS)), []);
});

t.test('a session at fault is put off, and the others are told of', async (t) => {
  const { book, mails, store } = await openSessions(t);
  const [bad] = [await book({ title: 'At fault' }), await book({ title: 'Sound' })];
  const duplicate = { messageId: `<session-assigned.${bad}.x@y>` };
  const faulty = {
    ...store,
    mails: {
      ...store.mails,
      async addMails(...[transaction, added]: Parameters<typeof store.mails.addMails>) {
        const doubled = added.flatMap((mail) =>
          mail.session?.sessionId === bad ? [{ ...mail, ...duplicate }] : [mail],
        );
        await store.mails.addMails(transaction, doubled);
      },
    },
  };
  const due = await dueAt(store, TOLD);
  await planMails(planner(faulty, TOLD), due);
  t.same(
    (await mails()).map(({ session }) => session?.title),
    ['Sound', 'Sound'],
  );
  t.same(await dueAt(store, later(TOLD, 9 * MINUTE_MS)), []);
  t.same(await dueAt(store, later(TOLD, 10 * MINUTE_MS)), [bad], 'it is tried again');
});
