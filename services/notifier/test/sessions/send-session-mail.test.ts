import type { Mail } from '@mentorline/store';
import ICAL from 'ical.js';
import { simpleParser } from 'mailparser';
import t from 'tap';
import { sendMail } from '../../src/send-mail.ts';
import { openNotifier } from '../open-notifier.ts';
import { type RelayAnswers, startRelay } from '../relay.ts';
import {
  DOMAIN,
  HOUR_MS,
  LINK,
  later,
  MADE,
  MINUTE_MS,
  openSessions,
  type SessionFixture,
  START,
} from './session-fixture.ts';

const { signal: running } = new AbortController();
const TOLD = later(MADE, MINUTE_MS);

async function openTelling(t: Parameters<typeof startRelay>[0], answers: RelayAnswers = {}) {
  const fixture = await openSessions(t);
  const relay = await startRelay(t, answers);
  const notifier = openNotifier(t, fixture.store, relay);
  const deps = (at: Date) => ({ ...notifier, mailDomain: DOMAIN, now: () => at });
  /** Sends what waits, whenever it would be due. @returns the mails that arrived, by kind and role */
  const sendAt = async (at: Date) => {
    await fixture.store.connection
      .collection('mails')
      .updateMany({ status: 'pending' }, { $set: { nextAttemptAt: new Date() } });
    const arrived = new Map<string, Awaited<ReturnType<typeof read>>>();
    for (const mail of (await fixture.mails()).filter(({ status }) => status === 'pending')) {
      const before = relay.accepted.length;
      await sendMail(deps(at), mail.id, running);
      if (relay.accepted.length > before) {
        arrived.set(`${mail.kind} ${mail.session?.role}`, await read(relay.accepted.at(-1)!));
      }
    }
    return arrived;
  };
  return { ...fixture, relay, log: notifier.lines, deps, sendAt };
}

async function read(raw: Buffer) {
  const mail = await simpleParser(raw);
  const [file] = mail.attachments.filter(({ filename }) => filename === 'session.ics');
  const content = file?.content.toString() ?? '';
  const calendar = content ? new ICAL.Component(ICAL.parse(content)) : undefined;
  const component = calendar?.getFirstSubcomponent('vevent');
  const inline = /^Content-Type: text\/calendar; charset=utf-8;\s+method=(\w+)/imu.exec(raw.toString());
  return {
    mail,
    content,
    method: calendar?.getFirstPropertyValue('method'),
    inlineMethod: inline?.[1],
    event: component ? new ICAL.Event(component) : undefined,
    component,
    calendar,
  };
}

const statuses = async ({ mails }: Pick<SessionFixture, 'mails'>, kind: Mail['kind']) =>
  (await mails()).filter((mail) => mail.kind === kind).map(({ status, lastError }) => [status, lastError]);

t.test('mentor and mentees get the session with an event for their calendar', async (t) => {
  const fixture = await openTelling(t);
  const { book, planAt, sendAt, relay } = fixture;
  const id = await book();
  await planAt(TOLD);
  const arrived = await sendAt(TOLD);
  t.same(relay.recipients.sort(), ['asha.rao@example.org', 'meera.iyer@example.org']);
  const invited = arrived.get('session-invited mentee')!;
  t.equal(invited.mail.subject, 'Invitation: Leading a school, 15:00 IST on 14-06-2031');
  t.match(invited.mail.to, { value: [{ name: 'Meera Iyer', address: 'meera.iyer@example.org' }] });
  for (const body of [invited.mail.text!, invited.mail.html as string]) {
    t.match(body, 'You are invited to “Leading a school”');
    t.match(body, '15:00 to 16:00 IST on 14-06-2031');
    t.match(body, 'Asha Rao');
    t.match(body, 'How to begin');
    t.match(body, '84839928742');
    t.match(body, 'pass-canary');
  }
  t.match(invited.mail.text, LINK);
  t.equal(invited.method, 'REQUEST');
  t.equal(invited.inlineMethod, 'REQUEST');
  t.equal(invited.event?.uid, `${id}@${DOMAIN}`);
  t.equal(invited.event?.sequence, 0);
  t.equal(invited.event?.location, LINK);
  t.equal(invited.event?.organizer, 'mailto:no-reply@mentoring.example.org');
  t.same(
    invited.event?.attendees.map((one) => String(one.getFirstValue()).toLowerCase()),
    ['mailto:meera.iyer@example.org'],
    'nobody learns who else comes',
  );
  const zone = invited.calendar?.getFirstSubcomponent('vtimezone');
  t.equal(zone?.getFirstPropertyValue('tzid'), 'Asia/Kolkata');
  const begins = invited.event!.startDate;
  begins.zone = new ICAL.Timezone(zone!);
  t.equal(begins.toJSDate().getTime(), START.getTime());
  const assigned = arrived.get('session-assigned mentor')!;
  t.equal(assigned.mail.subject, 'New session: Leading a school, 15:00 IST on 14-06-2031');
  t.equal(assigned.event?.uid, invited.event?.uid);
  t.match(await fixture.mails(), [{ status: 'sent' }, { status: 'sent' }]);
});

t.test('a change comes with a higher SEQUENCE, and says what it was and what it is', async (t) => {
  const { book, change, planAt, sendAt } = await openTelling(t);
  const id = await book();
  await planAt(TOLD);
  await sendAt(TOLD);
  const at = later(MADE, HOUR_MS);
  await change(id, at, { start: later(START, HOUR_MS), end: later(START, 2 * HOUR_MS), title: 'Leading' });
  await planAt(later(at, MINUTE_MS));
  const changed = (await sendAt(later(at, MINUTE_MS))).get('session-changed mentee')!;
  t.equal(changed.mail.subject, 'Changed: Leading, 16:00 IST on 14-06-2031');
  for (const body of [changed.mail.text!, changed.mail.html as string]) {
    t.match(body, /Title\W.*Leading a school\W.*Leading\W/su);
    t.match(body, /Time\W.*15:00 to 16:00 IST on 14-06-2031.*16:00 to 17:00 IST on 14-06-2031/su);
  }
  t.equal(changed.method, 'REQUEST');
  t.equal(changed.event?.uid, `${id}@${DOMAIN}`);
  t.equal(changed.event?.sequence, 1);
  t.equal(changed.event?.summary, 'Leading');
});

t.test('who is out of a session gets it taken out of the calendar, and no passcode', async (t) => {
  const { book, change, planAt, sendAt, arjun } = await openTelling(t);
  const id = await book();
  await planAt(TOLD);
  await sendAt(TOLD);
  const at = later(MADE, HOUR_MS);
  await change(id, at, { mentees: [{ userId: arjun, enrolment: 'invited' }] });
  await planAt(later(at, MINUTE_MS));
  const first = await sendAt(later(at, MINUTE_MS));
  const removed = first.get('session-removed mentee')!;
  const then = later(at, HOUR_MS);
  await change(id, then, { cancelledAt: then });
  await planAt(later(then, MINUTE_MS));
  const second = await sendAt(later(then, MINUTE_MS));
  for (const [out, sequence, to] of [
    [removed, 1, 'meera.iyer@example.org'],
    [second.get('session-cancelled mentee')!, 2, 'arjun.nair@example.org'],
    [second.get('session-cancelled mentor')!, 2, 'asha.rao@example.org'],
  ] as const) {
    t.match(out.mail.to, { value: [{ address: to }] });
    t.equal(out.method, 'CANCEL');
    t.equal(out.inlineMethod, 'CANCEL');
    t.equal(out.event?.uid, `${id}@${DOMAIN}`);
    t.equal(out.event?.sequence, sequence);
    t.equal(out.component?.getFirstPropertyValue('status'), 'CANCELLED');
    for (const body of [out.mail.text!, out.mail.html as string, out.content]) {
      t.notMatch(body, /pass-canary|84839928742/);
    }
  }
});

t.test(
  'every attempt sends the same bytes, and what only those inside may read then leaves the outbox',
  async (t) => {
    const { book, planAt, sendAt, relay, store, log } = await openTelling(t, {
      message: (_raw, count) => (count <= 2 ? 451 : 250),
    });
    await book();
    await planAt(TOLD);
    await sendAt(TOLD);
    t.equal(relay.accepted.length, 0);
    await sendAt(later(TOLD, HOUR_MS));
    t.equal(relay.offered.length, 4);
    for (const n of [0, 1]) t.ok(relay.offered[n]?.equals(relay.offered[n + 2]!));
    t.notMatch(JSON.stringify(await store.connection.collection('mails').find().toArray()), 'pass-canary');
    t.notMatch(log.join(''), /pass-canary|Leading a school|How to begin|example\.org/);
  },
);

t.test(
  'nobody is reminded of a session that has meanwhile begun, moved or gone on without them',
  async (t) => {
    for (const [why, spoil, at] of [
      ['the session has begun', async () => {}, START],
      [
        'the session has been moved or cancelled, or the recipient is out of it',
        ({ change }: SessionFixture, id: string) =>
          change(id, later(START, -HOUR_MS), {
            start: later(START, HOUR_MS),
            end: later(START, 2 * HOUR_MS),
          }),
        later(START, -HOUR_MS / 2),
      ],
      [
        'the session has been moved or cancelled, or the recipient is out of it',
        ({ change }: SessionFixture, id: string) =>
          change(id, later(START, -HOUR_MS), { cancelledAt: later(START, -HOUR_MS) }),
        later(START, -HOUR_MS / 2),
      ],
    ] as const) {
      const fixture = await openTelling(t);
      const id = await fixture.book({}, MADE, true);
      await fixture.planAt(later(START, -HOUR_MS));
      await spoil(fixture, id);
      t.equal((await fixture.sendAt(at)).size, 0);
      t.same(await statuses(fixture, 'session-reminder'), [
        ['failed', why],
        ['failed', why],
      ]);
    }
  },
);

t.test(
  'what waited for the relay does not go to who has left meanwhile, nor tells of what is cancelled',
  async (t) => {
    const out = 'the session has been cancelled, or the recipient is out of it';
    const left = await openTelling(t);
    const one = await left.book();
    await left.planAt(TOLD);
    await left.change(one, TOLD, { mentees: [] });
    t.same([...(await left.sendAt(TOLD)).keys()], ['session-assigned mentor']);
    t.same(await statuses(left, 'session-invited'), [['failed', out]]);
    t.same(await left.store.looks.listFailedMails({ dismissed: false, limit: 10 }), [], 'nothing to mend');

    const cancelled = await openTelling(t);
    const other = await cancelled.book();
    await cancelled.planAt(TOLD);
    await cancelled.change(other, TOLD, { cancelledAt: TOLD });
    t.equal((await cancelled.sendAt(TOLD)).size, 0);
    t.same(await statuses(cancelled, 'session-assigned'), [['failed', out]]);
  },
);

t.test(
  'what the relay puts off tells nobody how a session was, once they have heard how it is now',
  async (t) => {
    let isBusy = true;
    const fixture = await openTelling(t, {
      message: (raw) => (isBusy && /^To: .*meera/mu.test(raw.toString()) ? 450 : 250),
    });
    const id = await fixture.book();
    await fixture.planAt(TOLD);
    t.same([...(await fixture.sendAt(TOLD)).keys()], ['session-assigned mentor']);
    t.match(await statuses(fixture, 'session-invited'), [['pending', /450/]]);

    const moved = later(START, HOUR_MS);
    await fixture.change(id, TOLD, { start: moved, end: later(moved, HOUR_MS) });
    const toldAgain = later(TOLD, 2 * MINUTE_MS);
    await fixture.planAt(toldAgain);
    isBusy = false;
    // The change is on its way first, as the invitation waits for its next try.
    const change = (await fixture.mails()).find(
      ({ kind, session }) => kind === 'session-changed' && session!.role === 'mentee',
    )!;
    const due = { $set: { nextAttemptAt: new Date() } };
    await fixture.store.connection.collection('mails').updateMany({ kind: 'session-changed' }, due);
    await sendMail(fixture.deps(toldAgain), change.id, running);
    t.same([...(await fixture.sendAt(toldAgain)).keys()], ['session-changed mentor']);
    t.same(await statuses(fixture, 'session-invited'), [
      ['failed', 'the recipient has been told since how it is now'],
    ]);
    t.same(await fixture.store.looks.listFailedMails({ dismissed: false, limit: 10 }), [], 'nothing to mend');
  },
);

t.test('what a notifier puts back as it stops tells nobody how a session was, either', async (t) => {
  const fixture = await openTelling(t);
  const id = await fixture.book();
  await fixture.planAt(TOLD);
  const { id: invitation } = (await fixture.mails()).find(({ kind }) => kind === 'session-invited')!;
  const due = (kind: string) =>
    fixture.store.connection
      .collection('mails')
      .updateMany({ kind }, { $set: { nextAttemptAt: new Date() } });
  await due('session-invited');
  await sendMail(fixture.deps(TOLD), invitation, AbortSignal.abort());
  const moved = later(START, HOUR_MS);
  await fixture.change(id, TOLD, { start: moved, end: later(moved, HOUR_MS) });
  const toldAgain = later(TOLD, 2 * MINUTE_MS);
  await fixture.planAt(toldAgain);
  await due('session-changed');
  for (const { id: mailId } of (await fixture.mails()).filter(({ kind }) => kind === 'session-changed'))
    await sendMail(fixture.deps(toldAgain), mailId, running);
  await sendMail(fixture.deps(toldAgain), invitation, running);
  t.same(await statuses(fixture, 'session-invited'), [
    ['failed', 'the recipient has been told since how it is now'],
  ]);
});

t.test('a reminder says when it begins and how to join, and touches no calendar', async (t) => {
  const { book, planAt, sendAt } = await openTelling(t);
  await book({}, MADE, true);
  const at = later(START, -15 * MINUTE_MS);
  await planAt(at);
  const reminder = (await sendAt(at)).get('session-reminder mentee')!;
  t.equal(reminder.mail.subject, 'Reminder: Leading a school, 15:00 IST on 14-06-2031');
  t.match(reminder.mail.text, LINK);
  t.equal(reminder.event, undefined);
});

t.test(
  'a reminder ends with one click: it names its address twice, and is the only mail that does',
  async (t) => {
    const { book, planAt, sendAt, mails, relay } = await openTelling(t);
    await book();
    await planAt(TOLD);
    await sendAt(TOLD);
    const at = later(START, -15 * MINUTE_MS);
    await planAt(at);
    const reminder = (await sendAt(at)).get('session-reminder mentee')!;
    const stored = (await mails()).find(
      ({ kind, session }) => kind === 'session-reminder' && session?.role === 'mentee',
    )!;
    const url = `https://mentoring.example.org/unsubscribe?token=${stored.id}.${stored.session?.unsubscribeSecret}`;
    const raw = relay.accepted.at(-2)!.toString();
    t.ok(raw.replaceAll('\r\n ', ' ').includes(`List-Unsubscribe: <${url}>\r\n`), 'whole, as it is');
    t.match(raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/mu);
    t.match(reminder.mail.text, url);
    for (const other of relay.accepted.slice(0, 2))
      t.notMatch(other.toString(), /List-Unsubscribe|unsubscribe\?/);
  },
);

t.test(
  'who wants no reminders gets none, though one is planned already, and is told of all else',
  async (t) => {
    const fixture = await openTelling(t);
    const { book, change, planAt, sendAt, store, users } = fixture;
    const id = await book({}, MADE, true);
    const at = later(START, -HOUR_MS);
    t.same(await planAt(at), ['reminder Asha', 'reminder Meera']);
    const meera = users.get('meera.iyer@example.org')!;
    await store.transaction((transaction) => store.suppressions.endReminders(transaction, meera, at));
    t.same([...(await sendAt(at)).keys()], ['session-reminder mentor']);
    t.same(await statuses(fixture, 'session-reminder'), [
      ['failed', 'the address is suppressed'],
      ['sent', null],
    ]);
    await change(id, at, { title: 'Renamed' });
    t.same(await planAt(later(at, MINUTE_MS)), ['changed Asha', 'changed Meera']);
    t.same(await planAt(later(START, -15 * MINUTE_MS)), ['reminder Asha'], 'the next is not even planned');
  },
);

t.test('an address that the relay says does not exist gets no session mails any more', async (t) => {
  let answer = '550 5.1.1 no such user';
  const fixture = await openTelling(t, { recipient: () => answer });
  const { book, planAt, sendAt, store, relay } = fixture;
  await book();
  await book({ title: 'Another', startMs: START.getTime() + 2 * HOUR_MS });
  await planAt(TOLD);
  await sendAt(TOLD);
  t.equal(relay.recipients.length, 2, 'once each, though two mails waited');
  const suppressed = await store.suppressions.findSuppressed([
    'asha.rao@example.org',
    'meera.iyer@example.org',
  ]);
  t.same(
    [...suppressed.values()].map((reasons) => [...reasons]),
    [['hard-bounce'], ['hard-bounce']],
  );
  t.same(
    (await statuses(fixture, 'session-invited')).map(([status]) => status),
    ['failed', 'failed'],
  );
  answer = '250 fine';
  await book({ title: 'A third', startMs: START.getTime() + 4 * HOUR_MS });
  t.same(await planAt(TOLD), []);
});

t.test('a refusal that is not of the address suppresses nothing', async (t) => {
  for (const answer of [
    '550 5.7.1 relaying denied',
    '554 5.7.0 no',
    '552 5.2.2 mailbox full',
    '450 4.2.1 later',
  ]) {
    const { book, planAt, sendAt, store } = await openTelling(t, { recipient: () => answer });
    await book();
    await planAt(TOLD);
    await sendAt(TOLD);
    t.equal(await store.connection.collection('suppressions').countDocuments(), 0, answer);
  }
});

t.test('an invitation that could not be sent until the session was over is not sent any more', async (t) => {
  const fixture = await openTelling(t);
  await fixture.book();
  await fixture.planAt(TOLD);
  t.equal((await fixture.sendAt(later(START, HOUR_MS + 1))).size, 0);
  t.same(await statuses(fixture, 'session-invited'), [['failed', 'the session is over']]);
});

t.test('no cell can add a header, a recipient, markup or a line to the calendar', async (t) => {
  const { book, planAt, sendAt, relay, store } = await openTelling(t);
  const evil = 'Hi\r\nBcc: x@evil.example\r\n\r\n<script>alert(1)</script>"\'&\u202e';
  await store.connection
    .collection('users')
    .updateMany({}, { $set: { name: `Me" <x@evil.example>,\r\nBcc: y@evil.example` } });
  await store.connection.collection('organisations').updateMany({}, { $set: { name: evil } });
  await book({
    title: evil,
    description: `${evil}\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:z@evil.example`,
  });
  await planAt(TOLD);
  const arrived = await sendAt(TOLD);
  t.same(relay.recipients.sort(), ['asha.rao@example.org', 'meera.iyer@example.org']);
  for (const { mail, calendar, event } of arrived.values()) {
    t.notOk(mail.headers.has('bcc'));
    const { value } = mail.to as { value: { address: string }[] };
    t.equal(value.length, 1);
    t.match(value[0]?.address, /@example\.org$/);
    t.notMatch(mail.html as string, '<script>');
    t.notMatch(mail.subject, /[\r\n]/);
    t.equal(calendar?.getAllSubcomponents('vevent').length, 1);
    t.equal(event?.attendees.length, 1);
  }
});
