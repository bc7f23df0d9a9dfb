import { newId, type Store } from '@mentorline/store';
import { setup } from '@mentorline/testkit';
import { decodeHTML } from 'entities';
import { simpleParser } from 'mailparser';
import t from 'tap';
import { sendMail } from '../src/send-mail.ts';
import { RECIPIENT } from './mail-fixture.ts';
import { openNotifier } from './open-notifier.ts';
import { type RelayAnswers, startRelay } from './relay.ts';

const { signal: running } = new AbortController();
const TOKEN = 'canary-token-0123456789';

async function openAccounts(t: Parameters<typeof startRelay>[0], answers: RelayAnswers = {}) {
  const { store, organisation, users } = await setup(t);
  const relay = await startRelay(t, answers);
  const deps = openNotifier(t, store, relay);
  const add = async (expiresAt = new Date(Date.now() + 3_600_000)): Promise<string> => {
    const letter = {
      ...{ linkId: newId(), organisationId: organisation.id, to: RECIPIENT, date: new Date() },
      account: {
        ...{ token: TOKEN, expiresAt, timeZone: 'Asia/Kolkata', invitedBy: null },
      },
    };
    await store.transaction((transaction) =>
      store.mails.addAccountMails(transaction, 'password-reset', [letter], 'mail.example.org'),
    );
    const [mail] = await store.mails.listWaitingMails(1);
    return mail!.id;
  };
  return { store, users, relay, log: deps.lines, add, send: (id: string) => sendMail(deps, id, running) };
}

const dueNow = (store: Store) =>
  store.connection.collection('mails').updateMany({}, { $set: { nextAttemptAt: new Date() } });
const stored = async (store: Store) =>
  JSON.stringify(await store.connection.collection('mails').find().toArray());

t.test('the link is mailed, the same on every attempt, and leaves the outbox with the mail', async (t) => {
  const { store, relay, log, add, send } = await openAccounts(t, {
    message: (_raw, count) => (count === 1 ? 451 : 250),
  });
  const id = await add();
  await send(id);
  t.match(await stored(store), TOKEN, 'it is still needed');
  await dueNow(store);
  await send(id);
  t.equal(relay.offered.length, 2);
  t.ok(relay.offered[0]?.equals(relay.offered[1]!), 'the same bytes');
  const mail = await simpleParser(relay.accepted[0]!);
  t.match(mail.messageId, /^<password-reset\.[0-9a-f]{24}@mail\.example\.org>$/);
  t.same(relay.recipients.at(-1), RECIPIENT.address);
  const link = `https://mentoring.example.org/set-password#token=${TOKEN}`;
  t.match(mail.text, link);
  t.match(decodeHTML(mail.html as string), `href="${link}"`);
  t.match(await store.mails.findMail(id), { status: 'sent', account: { invitedBy: null } });
  t.notMatch(await stored(store), TOKEN);
  t.notMatch(log.join(''), TOKEN);
});

t.test('a mail that is given up keeps no token either', async (t) => {
  const { store, log, add, send } = await openAccounts(t, { recipient: () => 550 });
  const id = await add();
  await send(id);
  t.match(await store.mails.findMail(id), { status: 'failed' });
  t.notMatch(await stored(store), TOKEN);
  t.notMatch(log.join(''), TOKEN);
});

t.test('a link that has run out is not mailed any more', async (t) => {
  const { store, relay, add, send } = await openAccounts(t);
  const id = await add(new Date(Date.now() - 1));
  await send(id);
  t.equal(relay.offered.length, 0);
  t.match(await store.mails.findMail(id), { status: 'failed', lastError: 'its link has run out' });
  t.notMatch(await stored(store), TOKEN);
});

t.test('a link is mailed though mails to the address came back: taken, it proves the address', async (t) => {
  const { store, users, relay, add, send } = await openAccounts(t);
  await store.suppressions.noteBounce(users.get(RECIPIENT.address)!, new Date());
  await send(await add());
  t.equal(relay.accepted.length, 1);
  t.equal((await store.suppressions.findSuppressed([RECIPIENT.address])).size, 0);
});
