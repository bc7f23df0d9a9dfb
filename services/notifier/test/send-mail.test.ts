import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import type { Mail, Store } from '@mentorline/store';
import { setup } from '@mentorline/testkit';
import { decodeHTML } from 'entities';
import { simpleParser } from 'mailparser';
import t from 'tap';
import { openOutbox } from '../src/outbox.ts';
import { sendMail } from '../src/send-mail.ts';
import { invalidRow, RECIPIENT, storeEndedImport } from './mail-fixture.ts';
import { openNotifier } from './open-notifier.ts';
import { startRelay } from './relay.ts';

const MIB = 1024 * 1024;
const LEASE_MS = 60_000;
const { signal: running } = new AbortController();

async function read(store: Store, mailId: string): Promise<Mail> {
  return (await store.mails.findMail(mailId))!;
}

function changeMail(store: Store, messageId: string, change: Record<string, unknown>): Promise<unknown> {
  return store.connection.db!.collection('mails').updateOne({ messageId }, { $set: change });
}

/** As a machine does that is suspended: nothing of this process runs. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Another notifier holds the mail from now on. */
function stealLease(store: Store, messageId: string): Promise<unknown> {
  return changeMail(store, messageId, {
    lease: { owner: 'another', until: new Date(Date.now() + LEASE_MS) },
  });
}

t.test('the report goes to the person who uploaded, with the file as it is stored', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const relay = await startRelay(t);
  const report = Buffer.from('\ufeffAction,title,Row,Status,Status Message\r\nCreate,नेतृत्व,1,Published,\r\n');
  const unknown = { code: 'USER_NOT_FOUND', column: 'Mentees', message: 'User not found: x@example.org' };
  const { mailId, messageId, importId } = await storeEndedImport(fixtures, {
    counts: { published: 3, invalid: 12 },
    report,
    results: Array.from({ length: 12 }, (_, index) =>
      invalidRow(index + 1, `'=Title ${index + 1}`, [
        unknown,
        unknown,
        ...(index < 2 ? [{ code: 'START_IN_PAST', column: 'Date', message: 'In the past' }] : []),
      ]),
    ),
  });

  await sendMail(openNotifier(t, store, relay), mailId, running);

  t.equal(relay.accepted.length, 1);
  t.same(relay.recipients, [RECIPIENT.address]);
  const mail = await simpleParser(relay.accepted[0]!);
  const stored = await read(store, mailId);
  t.equal(mail.messageId, messageId);
  t.equal(mail.date?.getTime(), Math.floor(stored.date.getTime() / 1_000) * 1_000);
  t.equal(mail.subject, 'Import of sessions.csv: 3 published, 12 invalid');
  t.match(mail.to, { value: [RECIPIENT] });
  t.match(mail.from, { value: [{ name: 'Mentoring', address: 'no-reply@mentoring.example.org' }] });
  t.equal(mail.headers.get('auto-submitted'), 'auto-generated');
  t.notOk(mail.headers.has('x-mailer'));
  t.equal(mail.attachments.length, 1);
  t.equal(mail.attachments[0]?.filename, 'sessions-report.csv');
  t.ok(mail.attachments[0]?.content.equals(report));
  for (const body of [mail.text!, decodeHTML(mail.html as string)]) {
    t.match(body, /12\W.*User not found \(Mentees\)/su);
    t.match(body, '=Title 10');
    t.notMatch(body, "'=Title");
    t.notMatch(body, '=Title 11');
    t.match(body, `/v1/imports/${importId}/report.csv`);
  }
  t.match(mail.text, /^ +2 {2}The session would start in the past \(Date\)\n/mu);
  t.match(stored, { status: 'sent', attempts: 1, lastError: null });
  t.ok(stored.sentAt);
});

t.test('a mail that is sent is not sent again, and keeps what the relay said', async (t) => {
  const fixtures = await setup(t);
  const answer = '250 2.0.0 Ok: queued as 4F1kq2';
  const relay = await startRelay(t, { message: () => `${answer} ${'x'.repeat(600)}` });
  const { mailId } = await storeEndedImport(fixtures);
  const deps = openNotifier(t, fixtures.store, relay);
  await sendMail(deps, mailId, running);
  await sendMail(deps, mailId, running);
  t.equal(relay.offered.length, 1);
  const [only, ...others] = (await read(fixtures.store, mailId)).tries!;
  t.match(only, { status: 'sent', answer });
  t.equal(only!.answer!.length, 500, 'bounded, however much a relay has to say');
  t.same(others, []);
});

t.test('a large report is attached as gzip, with the same bytes on every attempt', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const relay = await startRelay(t, { message: (_raw, count) => (count === 1 ? 451 : 250) });
  const report = Buffer.from(`Row,Status\r\n${'1,Published\r\n'.repeat(250_000)}`);
  t.ok(report.length > 2 * MIB);
  const { mailId, messageId } = await storeEndedImport(fixtures, { report, fileName: 'सत्र "1".csv' });
  const deps = openNotifier(t, store, relay);

  await sendMail(deps, mailId, running);
  await changeMail(store, messageId, { nextAttemptAt: new Date() });
  await sendMail(deps, mailId, running);

  t.equal(relay.offered.length, 2);
  t.equal(relay.accepted.length, 1);
  t.ok(relay.offered[0]!.equals(relay.offered[1]!), 'both attempts sent the same bytes');
  const { attachments } = await simpleParser(relay.accepted[0]!);
  t.equal(attachments[0]?.filename, 'सत्र _1-report.csv.gz');
  t.ok(gunzipSync(attachments[0]!.content).equals(report));
});

t.test('a report of exactly 2 MiB is attached as it is', async (t) => {
  const fixtures = await setup(t);
  const relay = await startRelay(t);
  const report = Buffer.alloc(2 * MIB, 'x');
  const { mailId } = await storeEndedImport(fixtures, { report });
  await sendMail(openNotifier(t, fixtures.store, relay), mailId, running);
  const { attachments } = await simpleParser(relay.accepted[0]!);
  t.equal(attachments[0]?.filename, 'sessions-report.csv');
  t.ok(attachments[0]?.content.equals(report));
});

t.test('a report that stays above 10 MiB as gzip is only linked to', async (t) => {
  const fixtures = await setup(t);
  const relay = await startRelay(t);
  const { mailId, importId } = await storeEndedImport(fixtures, { report: randomBytes(11 * MIB) });
  await sendMail(openNotifier(t, fixtures.store, relay), mailId, running);
  const { attachments, text } = await simpleParser(relay.accepted[0]!);
  t.equal(attachments.length, 0);
  t.match(text, 'too large for a mail');
  t.match(text, `/v1/imports/${importId}/report.csv`);
});

t.test('a relay that takes only small mails gets one without the attachment', async (t) => {
  const fixtures = await setup(t);
  const relay = await startRelay(t, { message: (raw) => (raw.length > 100_000 ? 552 : 250) });
  const { mailId } = await storeEndedImport(fixtures, { report: randomBytes(MIB) });
  await sendMail(openNotifier(t, fixtures.store, relay), mailId, running);
  t.equal(relay.offered.length, 2);
  const { attachments, text } = await simpleParser(relay.accepted[0]!);
  t.equal(attachments.length, 0);
  t.match(text, 'too large for a mail');
  t.equal((await read(fixtures.store, mailId)).status, 'sent');
});

t.test(
  'a mail is too large by what the relay says after its digits, or by the size that it tells before',
  async (t) => {
    const fixtures = await setup(t);
    const answer = (raw: Buffer) => (raw.length > 100_000 ? '554 5.3.4 message too big for system' : 250);
    for (const [relay, offered] of [
      [await startRelay(t, { message: answer }), 2],
      [await startRelay(t, { size: 100_000 }), 1],
    ] as const) {
      // One that is written whole, and one that is not.
      for (const bytes of [150_000, MIB]) {
        const { mailId } = await storeEndedImport(fixtures, { report: randomBytes(bytes) });
        relay.offered.length = 0;
        await sendMail(openNotifier(t, fixtures.store, relay), mailId, running);
        t.equal(relay.offered.length, offered);
        const { attachments } = await simpleParser(relay.accepted.at(-1)!);
        t.equal(attachments.length, 0);
        t.equal((await read(fixtures.store, mailId)).status, 'sent');
      }
    }
  },
);

t.test('a lighter mail is a message of its own: no two messages share a Message-ID', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  // Twice it does not say that it is too large, but nothing of use.
  const relay = await startRelay(t, {
    message: (raw, count) => (count === 1 || count === 3 ? 451 : raw.length > 100_000 ? 552 : 250),
  });
  const { mailId, messageId } = await storeEndedImport(fixtures, { report: randomBytes(MIB) });
  for (const status of ['pending', 'pending', 'sent']) {
    await changeMail(store, messageId, { nextAttemptAt: new Date() });
    await sendMail(openNotifier(t, store, relay), mailId, running);
    t.equal((await read(store, mailId)).status, status);
  }
  const lighter = messageId.replace('@', '.lighter@');
  const ids = await Promise.all(relay.offered.map(async (raw) => (await simpleParser(raw)).messageId));
  t.same(ids, [messageId, messageId, lighter, lighter], 'once it is that, it stays so');
  t.ok(relay.offered[0]!.equals(relay.offered[1]!));
  t.ok(relay.offered[2]!.equals(relay.offered[3]!));
  t.match(await store.looks.lookAtMail(mailId), { messageId: lighter }, 'operators see which was sent');
});

t.test('a failed import has no attachment and says why', async (t) => {
  const fixtures = await setup(t);
  const relay = await startRelay(t);
  const { mailId } = await storeEndedImport(fixtures, {
    outcome: 'failed',
    report: null,
    failure: { code: 'QUOTE_BROKEN', message: 'Row 12: a quoted cell is never closed', row: 12 },
  });
  await sendMail(openNotifier(t, fixtures.store, relay), mailId, running);
  const mail = await simpleParser(relay.accepted[0]!);
  t.equal(mail.subject, 'Import of sessions.csv failed: nothing applied');
  t.equal(mail.attachments.length, 0);
  t.match(mail.text, /^Row 12: a quoted cell is never closed/mu);
});

t.test('an import that failed before its rows were known has no attachment', async (t) => {
  const fixtures = await setup(t);
  const relay = await startRelay(t);
  const failure = { code: 'QUOTE_BROKEN', message: 'A quoted cell is never closed', row: 12 };
  const { mailId } = await storeEndedImport(fixtures, { outcome: 'failed', failure, report: null });
  await sendMail(openNotifier(t, fixtures.store, relay), mailId, running);
  const mail = await simpleParser(relay.accepted[0]!);
  t.equal(mail.subject, 'Import of sessions.csv failed: nothing applied');
  t.equal(mail.attachments.length, 0);
});

t.test('while the relay is away the mail waits, and goes out once when it is back', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const away = await startRelay(t);
  await away.stop();
  const { mailId, messageId } = await storeEndedImport(fixtures);
  const deps = openNotifier(t, store, away);

  const beforeMs = Date.now();
  await sendMail(deps, mailId, running);
  const waiting = await read(store, mailId);
  t.match(waiting, { status: 'pending', attempts: 1, lastError: /ECONNREFUSED/ });
  t.ok(waiting.nextAttemptAt.getTime() >= beforeMs + 1_000, 'the next attempt is a second away');
  t.match(deps.mailer.relay(), { works: false, error: 'ECONNREFUSED' }, 'operators see it at once');

  await sendMail(deps, mailId, running);
  t.equal((await read(store, mailId)).attempts, 1, 'nothing is tried before its time');

  const { since } = deps.mailer.relay()!;
  await deps.mailer.probe();
  t.match(deps.mailer.relay(), { works: false, since });
  const back = await startRelay(t, { port: away.port });
  await deps.mailer.probe();
  t.match(deps.mailer.relay(), { works: true }, 'though nothing was sent yet');
  await changeMail(store, messageId, { nextAttemptAt: new Date() });
  await sendMail(deps, mailId, running);
  t.equal(back.offered.length, 1);
  t.equal((await simpleParser(back.accepted[0]!)).messageId, messageId);
  t.match(await read(store, mailId), { status: 'sent', attempts: 2 });
  t.match(deps.mailer.relay(), { works: true, error: null });
});

t.test('what the relay refuses for now is tried again', async (t) => {
  const answers: Record<string, Parameters<typeof startRelay>[1]> = {
    'a recipient': { recipient: () => 450 },
    'a message': { message: () => 451 },
    'a connection': { greeting: () => 421 },
    'a connection, as if for good': { greeting: () => 554 },
    'everything until signed in': { recipient: () => 530 },
  };
  const fixtures = await setup(t);
  const { mailId, messageId } = await storeEndedImport(fixtures);
  for (const [name, answer] of Object.entries(answers)) {
    const relay = await startRelay(t, answer);
    await changeMail(fixtures.store, messageId, { nextAttemptAt: new Date() });
    const deps = openNotifier(t, fixtures.store, relay);
    t.equal(deps.mailer.relay(), undefined, 'nothing is said of it before');
    await sendMail(deps, mailId, running);
    t.equal((await read(fixtures.store, mailId)).status, 'pending', name);
    // A relay that lets nobody in is of as much use as one that is away.
    t.equal(deps.mailer.relay()?.works, name === 'a recipient' || name === 'a message', name);
  }
});

t.test('what the relay refuses for good fails at once, with its reason', async (t) => {
  const fixtures = await setup(t);
  // After the other, the address would be suppressed.
  const cases = [{ message: () => 554 }, { recipient: () => 550 }];
  for (const answers of cases) {
    const relay = await startRelay(t, answers);
    const { mailId } = await storeEndedImport(fixtures);
    await sendMail(openNotifier(t, fixtures.store, relay), mailId, running);
    t.match(await read(fixtures.store, mailId), {
      status: 'failed',
      attempts: 1,
      lastError: /^55[04] .*said so by the test/,
    });
  }
});

t.test('after a day of failing, from its first try, the mail is given up', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const relay = await startRelay(t, { message: () => 451 });
  const dayMs = 24 * 60 * 60_000;
  // No notifier was there when it was written.
  const mailDate = new Date(Date.now() - 3 * dayMs);
  const { mailId, messageId } = await storeEndedImport(fixtures, { mailDate });
  const deps = openNotifier(t, store, relay);
  let nowMs = Date.now();
  const attempt = async (): Promise<Mail> => {
    await changeMail(store, messageId, { nextAttemptAt: new Date() });
    await sendMail({ ...deps, now: () => new Date(nowMs) }, mailId, running);
    return read(store, mailId);
  };
  const firstTriedAt = new Date(nowMs);
  t.match(await attempt(), { status: 'pending', firstTriedAt });
  nowMs += dayMs - 1;
  t.match(await attempt(), { status: 'pending', firstTriedAt });
  nowMs += 1;
  t.match(await attempt(), { status: 'failed', lastError: /^451 / });

  nowMs += 3 * dayMs;
  await store.transaction((transaction) => store.mails.sendAgain(transaction, mailId, new Date(nowMs)));
  t.match(
    await attempt(),
    { status: 'pending', firstTriedAt: new Date(nowMs) },
    'asked for again it has a day more',
  );
});

t.test('a notifier that is called twice for a mail at the same moment sends one', async (t) => {
  const fixtures = await setup(t);
  const relay = await startRelay(t);
  const { mailId } = await storeEndedImport(fixtures);
  const deps = openNotifier(t, fixtures.store, relay, { connections: 2 });
  await Promise.all([1, 2, 3].map(() => sendMail(deps, mailId, running)));
  t.equal(relay.offered.length, 1);
  t.match(await read(fixtures.store, mailId), { status: 'sent', attempts: 1 });
});

t.test('mails in hand together are all sent, each once', async (t) => {
  const fixtures = await setup(t);
  const relay = await startRelay(t);
  const stored = await Promise.all(Array.from({ length: 12 }, () => storeEndedImport(fixtures)));
  const deps = openNotifier(t, fixtures.store, relay, { connections: 2 });
  await Promise.all(stored.map(({ mailId }) => sendMail(deps, mailId, running)));
  const arrived = await Promise.all(relay.offered.map((raw) => simpleParser(raw)));
  t.same(arrived.map(({ messageId }) => messageId).sort(), stored.map(({ messageId }) => messageId).sort());
  for (const { mailId } of stored) {
    t.match(await read(fixtures.store, mailId), { status: 'sent', attempts: 1, lastError: null });
  }
});

t.test('two notifiers that take the mail at once send one', async (t) => {
  const fixtures = await setup(t);
  const relay = await startRelay(t);
  const { mailId } = await storeEndedImport(fixtures);
  const both = [openNotifier(t, fixtures.store, relay), openNotifier(t, fixtures.store, relay)];
  await Promise.all(both.map((deps) => sendMail(deps, mailId, running)));
  t.equal(relay.offered.length, 1);
});

t.test('a notifier that stood still until its lease was another’s sends nothing', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const relay = await startRelay(t);
  const { mailId, messageId } = await storeEndedImport(fixtures);
  const leaseMs = 400;
  const deps = openNotifier(t, store, relay, { leaseMs });
  const findImport: Store['imports']['findImport'] = async (id) => {
    await stealLease(store, messageId);
    standStill(leaseMs);
    return store.imports.findImport(id);
  };
  await sendMail(
    { ...deps, store: { ...store, imports: { ...store.imports, findImport } } },
    mailId,
    running,
  );
  t.equal(relay.offered.length, 0);
  t.equal((await read(store, mailId)).status, 'sending', 'the mail is left to the other notifier');
});

t.test('a notifier that lost its lease while sending notes nothing', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const { mailId, messageId } = await storeEndedImport(fixtures);
  const relay = await startRelay(t, {
    async message() {
      await stealLease(store, messageId);
      return 554;
    },
  });
  await sendMail(openNotifier(t, store, relay), mailId, running);
  t.match(await read(store, mailId), { status: 'sending', lastError: null });
});

t.test(
  'a mail that the relay has taken is noted as sent, though the database is away at first',
  async (t) => {
    const fixtures = await setup(t);
    const { store } = fixtures;
    const relay = await startRelay(t);
    const { mailId } = await storeEndedImport(fixtures);
    let failures = 0;
    const noteSent: Store['mails']['noteSent'] = async (sent) => {
      failures += 1;
      if (failures <= 3) throw new Error('the primary stepped down');
      return store.mails.noteSent(sent);
    };
    const outbox = openOutbox({ mails: { ...store.mails, noteSent } }, LEASE_MS);
    await sendMail({ ...openNotifier(t, store, relay), outbox }, mailId, running);
    t.equal(relay.accepted.length, 1);
    t.match(await read(store, mailId), { status: 'sent', attempts: 1, lastError: null });
  },
);

t.test(
  'a note of which the answer is lost is known to be its own, and the mail not taken over',
  async (t) => {
    const fixtures = await setup(t);
    const { store } = fixtures;
    const relay = await startRelay(t);
    const { mailId } = await storeEndedImport(fixtures);
    // So short that it is renewed before the note is tried again.
    const deps = openNotifier(t, store, relay, { leaseMs: 90 });
    let answers = 0;
    const noteSent: Store['mails']['noteSent'] = async (sent) => {
      const noted = await store.mails.noteSent(sent);
      answers += 1;
      if (answers === 1) throw new Error('the connection was lost');
      return noted;
    };
    const outbox = openOutbox({ mails: { ...store.mails, noteSent } }, LEASE_MS);
    await sendMail({ ...deps, outbox }, mailId, running);
    t.equal(answers, 2);
    t.match(deps.lines.at(-1), '"mail sent"');
    t.notMatch(deps.lines.join(''), 'taken');
    t.match(await read(store, mailId), { status: 'sent', attempts: 1, tries: [{ status: 'sent' }] });
  },
);

t.test('a report to an address whose mails came back is not tried, unless somebody asks', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  let answer = '550 5.1.1 no such user';
  const relay = await startRelay(t, { recipient: () => answer });
  const deps = openNotifier(t, store, relay);
  const bounces = async () => (await store.suppressions.findSuppressed([RECIPIENT.address])).size;
  const again = async (id: string): Promise<void> => {
    await store.transaction((transaction) => store.mails.sendAgain(transaction, id, new Date()));
    await sendMail(deps, id, running);
  };

  const first = await storeEndedImport(fixtures);
  await sendMail(deps, first.mailId, running);
  t.match(await read(store, first.mailId), { status: 'failed', suppressed: undefined });
  const second = await storeEndedImport(fixtures);
  await sendMail(deps, second.mailId, running);
  t.equal(relay.recipients.length, 1, 'the relay is not asked again');
  t.match(await read(store, second.mailId), {
    ...{ status: 'failed', suppressed: true, lastError: 'the address is suppressed' },
  });
  const letters = async (dismissed: boolean) =>
    (await store.looks.listFailedMails({ dismissed, limit: 10 })).map(({ id }) => id);
  t.same(await letters(false), [first.mailId], 'operators have nothing to mend of the second');
  t.same(await letters(true), [second.mailId]);

  await again(second.mailId);
  t.equal(relay.recipients.length, 2, 'tried, as it was asked for');
  t.match(await read(store, second.mailId), { status: 'failed', suppressed: undefined, lastError: /^550/ });
  t.equal(await bounces(), 1);

  answer = '250';
  await again(second.mailId);
  t.match(await read(store, second.mailId), { status: 'sent' });
  t.equal(await bounces(), 0, 'there is a mailbox');
  const third = await storeEndedImport(fixtures);
  await sendMail(deps, third.mailId, running);
  t.match(await read(store, third.mailId), { status: 'sent' });
});

t.test('a notifier that stops puts the mail back, due at once', async (t) => {
  const fixtures = await setup(t);
  const relay = await startRelay(t);
  const { mailId } = await storeEndedImport(fixtures);
  const deps = openNotifier(t, fixtures.store, relay);
  await sendMail(deps, mailId, AbortSignal.abort());
  t.equal(relay.offered.length, 0);
  t.match(await read(fixtures.store, mailId), { status: 'pending', attempts: 0, lastError: null });
  t.match(
    await fixtures.store.looks.lookAtRetried(),
    { total: { count: 0 }, longest: null },
    'nothing failed',
  );
  await sendMail(deps, mailId, running);
  t.equal(relay.accepted.length, 1);
});

t.test('a mail that cannot be made waits instead of ending the job', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const relay = await startRelay(t);
  const { mailId } = await storeEndedImport(fixtures);
  await store.connection.db!.collection('files.chunks').deleteMany({});
  await sendMail(openNotifier(t, store, relay), mailId, running);
  t.equal(relay.offered.length, 0);
  t.equal((await read(store, mailId)).status, 'pending');
});

t.test('no file name and no user name adds a header or another recipient', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const relay = await startRelay(t);
  const injection = 'x"\r\nBcc: evil@example.org\r\n\r\n<b>hi</b>, evil@example.org';
  const { mailId, messageId } = await storeEndedImport(fixtures, { fileName: `${injection}.csv` });
  await changeMail(store, messageId, { 'to.name': injection });
  await sendMail(openNotifier(t, store, relay), mailId, running);
  t.same(relay.recipients, [RECIPIENT.address]);
  const mail = await simpleParser(relay.accepted[0]!);
  t.notOk(mail.headers.has('bcc'));
  t.match(mail.to, { value: [{ address: RECIPIENT.address }] });
  t.equal(mail.to && 'value' in mail.to ? mail.to.value.length : 0, 1);
  t.equal(mail.messageId, messageId);
  t.equal(mail.attachments.length, 1);
});

t.test('the log holds codes and ids, no address and no content', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const refusing = await startRelay(t, { message: () => 550 });
  const taking = await startRelay(t);
  const contents = { fileName: 'secret.csv', results: [invalidRow(1, 'secret', [])], counts: { invalid: 1 } };
  const lines: string[] = [];
  for (const relay of [refusing, taking]) {
    const { mailId } = await storeEndedImport(fixtures, contents);
    const deps = openNotifier(t, store, relay);
    await sendMail(deps, mailId, running);
    lines.push(...deps.lines);
  }
  t.equal(lines.length, 2);
  t.match(lines[0], '"code":"550"');
  t.notMatch(lines.join(''), /@|secret|Asha/u);
});

t.test('a connection is used for several mails', async (t) => {
  const fixtures = await setup(t);
  let connections = 0;
  const relay = await startRelay(t, {
    greeting() {
      connections += 1;
      return 250;
    },
  });
  const deps = openNotifier(t, fixtures.store, relay);
  for (let n = 0; n < 3; n += 1) {
    const { mailId } = await storeEndedImport(fixtures);
    await sendMail(deps, mailId, running);
    // The pool takes the connection back a turn after the answer.
    await once(AbortSignal.timeout(0), 'abort');
  }
  t.equal(relay.accepted.length, 3);
  t.equal(connections, 1);
});
