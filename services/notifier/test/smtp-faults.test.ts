import type { Mail, Store } from '@mentorline/store';
import { setup } from '@mentorline/testkit';
import { simpleParser } from 'mailparser';
import t from 'tap';
import { sendMail } from '../src/send-mail.ts';
import { type LineFault, startFaultyLine } from './faulty-line.ts';
import { RECIPIENT, storeCancellations, storeEndedImport } from './mail-fixture.ts';
import { openNotifier } from './open-notifier.ts';
import { type Relay, type RelayAnswers, startRelay } from './relay.ts';

/** Far less than what `slowness` takes for one mail. */
const PATIENCE_MS = 700;
const { signal: running } = new AbortController();

/** At its first time a relay says one thing, and nothing is wrong ever after. */
function atFirst(answer: number): () => number {
  let times = 0;
  return () => {
    times += 1;
    return times === 1 ? answer : 250;
  };
}

const ANSWERS: readonly { fault: string; answers: () => RelayAnswers; isFinal: boolean }[] = [
  { fault: '421 instead of a greeting', answers: () => ({ greeting: atFirst(421) }), isFinal: false },
  { fault: '421 to the recipient', answers: () => ({ recipient: atFirst(421) }), isFinal: false },
  { fault: '421 to the message', answers: () => ({ message: atFirst(421) }), isFinal: false },
  { fault: '450 to the recipient', answers: () => ({ recipient: atFirst(450) }), isFinal: false },
  { fault: '452 to the recipient', answers: () => ({ recipient: atFirst(452) }), isFinal: false },
  { fault: '451 to the message', answers: () => ({ message: atFirst(451) }), isFinal: false },
  { fault: '550 to the recipient', answers: () => ({ recipient: atFirst(550) }), isFinal: true },
  { fault: '550 to the message', answers: () => ({ message: atFirst(550) }), isFinal: true },
];

/** `true`: the relay has the message, and the notifier cannot know that. */
const LINES: readonly { fault: LineFault; arrives: boolean }[] = [
  { fault: 'no greeting', arrives: false },
  { fault: 'muteness with the message', arrives: true },
  { fault: 'a reset with the message', arrives: true },
];

async function open(t: Parameters<typeof startRelay>[0], answers: RelayAnswers = {}) {
  const fixtures = await setup(t);
  const relay = await startRelay(t, answers);
  const [first, second] = [await storeEndedImport(fixtures), await storeEndedImport(fixtures)];
  // An address that is none gets no further mail.
  await fixtures.store.connection
    .collection('mails')
    .updateOne({ messageId: second.messageId }, { $set: { 'to.address': 'meera.iyer@example.org' } });
  return { store: fixtures.store, relay, first, second };
}

/** What came of a mail after a try, if it is due or not. */
async function attempt(
  deps: ReturnType<typeof openNotifier>,
  store: Store,
  { mailId, messageId }: { mailId: string; messageId: string },
): Promise<Mail> {
  await store.connection
    .collection('mails')
    .updateOne({ messageId }, { $set: { nextAttemptAt: new Date() } });
  await sendMail(deps, mailId, running);
  return (await store.mails.findMail(mailId))!;
}

async function arrivedIds({ accepted }: Relay): Promise<(string | undefined)[]> {
  return Promise.all(accepted.map(async (raw) => (await simpleParser(raw)).messageId));
}

for (const { fault, answers, isFinal } of ANSWERS) {
  const what = isFinal ? 'ends the mail, visibly' : 'is waited out, and the mail arrives once';
  t.test(`${fault} ${what}; the next mail goes out`, async (t) => {
    const { store, relay, first, second } = await open(t, answers());
    const deps = openNotifier(t, store, relay, { patienceMs: PATIENCE_MS });
    const [code = ''] = fault.split(' ');
    t.match(await attempt(deps, store, first), {
      ...{ status: isFinal ? 'failed' : 'pending', attempts: 1, sentAt: null },
      lastError: new RegExp(`^${code}`),
    });
    t.match(await attempt(deps, store, second), { status: 'sent', attempts: 1 });
    const again = await attempt(deps, store, first);
    t.match(again, isFinal ? { status: 'failed', attempts: 1 } : { status: 'sent', attempts: 2 });
    t.same(await arrivedIds(relay), [second.messageId, ...(isFinal ? [] : [first.messageId])]);
    const bounced = (await store.suppressions.findSuppressed([RECIPIENT.address])).size;
    t.equal(bounced, fault === '550 to the recipient' ? 1 : 0, 'an address that is none is noted as such');
  });
}

for (const { fault, arrives } of LINES) {
  t.test(`after ${fault} the mail is tried again, as the same bytes; the next mail goes out`, async (t) => {
    const { store, relay, first, second } = await open(t);
    const line = await startFaultyLine(t, relay, fault);
    const deps = openNotifier(t, store, line, { patienceMs: PATIENCE_MS });
    const waiting = await attempt(deps, store, first);
    t.match(waiting, { status: 'pending', attempts: 1, sentAt: null });
    t.ok(waiting.nextAttemptAt > new Date(), 'later');
    t.equal(relay.offered.length, arrives ? 1 : 0, 'nothing is sent twice within one try');
    t.match(await attempt(deps, store, second), { status: 'sent', attempts: 1 });
    t.match(await attempt(deps, store, first), { status: 'sent', attempts: 2, lastError: null });
    const [copy, ...others] = relay.accepted.filter((raw) => raw.includes(first.messageId));
    t.equal(others.length, arrives ? 1 : 0);
    t.ok(others.every((other) => other.equals(copy!)));
    t.equal(line.connections(), 2, 'the faulty connection is given up, the next one kept');
  });
}

t.test('a relay that answers slowly, but answers, gets the mail once', async (t) => {
  const { store, relay, first, second } = await open(t);
  const line = await startFaultyLine(t, relay, 'slowness');
  const deps = openNotifier(t, store, line, { patienceMs: PATIENCE_MS });
  const startedMs = performance.now();
  t.match(await attempt(deps, store, first), { status: 'sent', attempts: 1 });
  t.ok(performance.now() - startedMs > PATIENCE_MS, 'longer than a silence may last');
  t.match(await attempt(deps, store, second), { status: 'sent', attempts: 1 });
  t.same(await arrivedIds(relay), [first.messageId, second.messageId]);
});

t.test('mails that wait behind a mute relay wait no longer than its silence, and lose no try', async (t) => {
  const { store, relay, first, second } = await open(t);
  const line = await startFaultyLine(t, relay, 'muteness with the message');
  const deps = openNotifier(t, store, line, { patienceMs: PATIENCE_MS });
  await Promise.all([first, second].map(({ mailId }) => sendMail(deps, mailId, running)));
  const states = await Promise.all([first, second].map(({ mailId }) => store.mails.findMail(mailId)));
  t.same(states.map((mail) => [mail?.status, mail?.attempts]).sort(), [
    ['pending', 1],
    ['sent', 1],
  ]);
});

t.test(
  'of many mails in hand of two notifiers a fault hits one: it is tried again or fails visibly, all others arrive once',
  async (t) => {
    const MAILS = 8;
    const fixtures = await setup(t);
    const { store } = fixtures;
    const all = [
      ...ANSWERS.map((fault) => ({ ...fault, line: undefined, arrives: false })),
      ...LINES.map(({ fault, arrives }) => ({
        fault,
        answers: () => ({}),
        isFinal: false,
        line: fault,
        arrives,
      })),
      { fault: 'slowness', answers: () => ({}), isFinal: false, line: 'slowness' as const, arrives: false },
    ];
    for (const { fault, answers, isFinal, line, arrives } of all) {
      const relay = await startRelay(t, answers());
      const way = line ? await startFaultyLine(t, relay, line) : relay;
      const notifiers = [1, 2].map(() =>
        openNotifier(t, store, way, { connections: 2, patienceMs: PATIENCE_MS }),
      );
      const ids = await storeCancellations(fixtures, MAILS);
      const sendAll = async (): Promise<Mail[]> => {
        await Promise.all(notifiers.flatMap((deps) => ids.map((id) => sendMail(deps, id, running))));
        return [...(await store.mails.findMails(ids)).values()];
      };
      const hit = fault === 'slowness' ? 0 : 1;
      const statuses = (mails: Mail[]) => mails.map(({ status }) => status).sort();
      const others = Array<string>(MAILS - hit).fill('sent');
      const first = hit ? [isFinal ? 'failed' : 'pending'] : [];
      t.same(statuses(await sendAll()), [...first, ...others].sort(), `${fault}: at first`);
      await store.connection
        .collection('mails')
        .updateMany({ status: 'pending' }, { $set: { nextAttemptAt: new Date() } });
      const last = await sendAll();
      t.same(statuses(last), [...(isFinal ? ['failed'] : Array(hit).fill('sent')), ...others].sort(), fault);
      const attempts = last.reduce((sum, mail) => sum + mail.attempts, 0);
      t.equal(attempts, MAILS + (isFinal ? 0 : hit), `${fault}: nothing is tried without need`);

      const copies = new Map<string, Buffer[]>();
      for (const [index, id] of (await arrivedIds(relay)).entries()) {
        copies.set(id!, [...(copies.get(id!) ?? []), relay.accepted[index]!]);
      }
      const sent = last.filter(({ status }) => status === 'sent').map(({ messageId }) => messageId);
      t.same([...copies.keys()].sort(), sent.sort(), `${fault}: all arrive`);
      t.equal(relay.accepted.length, sent.length + (arrives ? 1 : 0), `${fault}: once`);
      for (const [one, ...more] of copies.values()) t.ok(more.every((raw) => raw.equals(one!)));
    }
  },
);
