import t from 'tap';
import { type NewMail, newId, type Store } from '../src/index.ts';
import { openStore } from './open-store.ts';

const HOUR_MS = 3_600_000;
const LONG_MS = 60_000;
const NOW = new Date('2031-06-14T09:30:00Z');
const SOON = new Date(NOW.getTime() + HOUR_MS);
const ADDRESS = 'meera.iyer@example.org';

const MEETING = { platform: 'ZOOM', link: 'https://zoom.us/j/1', meetingId: '1', passcode: 'x' } as const;
const REPORT = { kind: 'import-report', importId: newId() } as const;
const ACCOUNT = {
  kind: 'invitation',
  account: {
    ...{ token: 'canary', expiresAt: SOON, timeZone: 'UTC', invitedBy: null },
  },
} as const;

function told(kind: NewMail['kind'], given: { start?: Date; end?: Date; kept?: boolean } = {}) {
  const { start = SOON, end = new Date(start.getTime() + HOUR_MS), kept = true } = given;
  const session = {
    ...{ sessionId: newId(), version: 1, userId: newId(), role: 'mentee' as const, title: 'Leading' },
    ...{ timeZone: 'UTC', start, end, reminderMinutes: 60 },
    mentor: { name: 'Asha', address: 'asha.rao@example.org' },
    ...(kept ? { inside: { description: 'How to begin', meeting: MEETING, before: null } } : {}),
  };
  return { kind, session };
}

/** In the outbox, and given up there. */
async function failed(store: Store, mail: Partial<NewMail> & Pick<NewMail, 'kind'>): Promise<string> {
  const id = await store.transaction((transaction) =>
    store.mails.addMail(transaction, {
      ...{ organisationId: newId(), to: { name: 'Meera Iyer', address: ADDRESS } },
      ...{ messageId: `<${newId()}@example.org>`, date: new Date(Date.now() - 48 * HOUR_MS) },
      ...mail,
    }),
  );
  await store.mails.claimMail(id, 'notifier', LONG_MS);
  await store.mails.settleMail(id, 'notifier', { status: 'failed', error: '550 no such user' });
  return id;
}

const again = (store: Store, id: string) =>
  store.transaction((transaction) => store.mails.sendAgain(transaction, id, NOW));
const waiting = async ({ mails }: Store) => (await mails.listWaitingMails(100)).map(({ id }) => id);

t.test('a mail that failed waits again: due at once, as it was, with a new day of tries', async (t) => {
  const store = await openStore(t);
  for (const mail of [REPORT, told('session-invited'), told('session-reminder'), told('session-cancelled')]) {
    const id = await failed(store, mail);
    const before = (await store.mails.findMail(id))!;
    const startedMs = Date.now();
    t.match(await again(store, id), { outcome: 'waiting', mail: { id, status: 'pending' } }, mail.kind);
    t.same(await waiting(store), [id]);
    const { triedSince, nextAttemptAt, ...after } = (await store.mails.findMail(id))!;
    t.ok(triedSince!.getTime() >= startedMs);
    const { nextAttemptAt: _before, expiresAt: _left, ...same } = before;
    t.same(after, { ...same, status: 'pending', attempts: 0 });
    t.match(await store.mails.claimMail(id, 'notifier', LONG_MS), { attempts: 1 });
    t.same([...(await store.mails.noteSent([{ id, owner: 'notifier', answer: '250 ok' }]))], [id]);
    t.equal((await store.mails.findMail(id))?.session?.inside, undefined, 'once sent, it is gone');
  }
});

t.test('of several who ask at once one has it sent again', async (t) => {
  const store = await openStore(t);
  const id = await failed(store, REPORT);
  const asked = await Promise.all([1, 2, 3].map(() => again(store, id)));
  t.same(asked.map(({ outcome }) => outcome).sort(), ['refused', 'refused', 'waiting']);
  t.match(
    asked.filter(({ outcome }) => outcome === 'refused'),
    [{ reason: 'not-failed' }, { reason: 'not-failed' }],
  );
});

t.test('a mail that has not failed is left alone', async (t) => {
  const store = await openStore(t);
  t.same(await again(store, newId()), { outcome: 'refused', reason: 'missing' });
  const id = await failed(store, REPORT);
  await again(store, id);
  const refused = { outcome: 'refused', reason: 'not-failed' };
  t.match(await again(store, id), { ...refused, mail: { status: 'pending' } });
  await store.mails.claimMail(id, 'notifier', LONG_MS);
  t.match(await again(store, id), { ...refused, mail: { status: 'sending' } });
  await store.mails.noteSent([{ id, owner: 'notifier', answer: '250 ok' }]);
  t.match(await again(store, id), { ...refused, mail: { status: 'sent', attempts: 1 } });
});

t.test('what would tell nobody anything any more is not sent again', async (t) => {
  const store = await openStore(t);
  const begun = new Date(NOW.getTime() - HOUR_MS / 2);
  const outdated = [
    // The link has left the outbox with the mail.
    ACCOUNT,
    // So had what is inside a session, in earlier versions.
    told('session-invited', { kept: false }),
    told('session-reminder', { start: begun }),
    told('session-cancelled', { start: new Date(NOW.getTime() - 2 * HOUR_MS) }),
  ];
  for (const mail of outdated) {
    const id = await failed(store, mail);
    t.match(await again(store, id), { outcome: 'refused', reason: 'outdated', mail: { id } }, mail.kind);
    t.same(await waiting(store), []);
  }
  const live = await failed(store, told('session-changed', { start: begun }));
  t.match(await again(store, live), { outcome: 'waiting' }, 'a change of a live session still matters');
});

t.test('what its reader has been told anew since is not sent again', async (t) => {
  const store = await openStore(t);
  const old = told('session-changed');
  const id = await failed(store, old);
  const tell = async (kind: NewMail['kind'], changes: Partial<(typeof old)['session']>): Promise<void> => {
    const later = await failed(store, { kind, session: { ...old.session, ...changes } });
    await again(store, later);
    await store.mails.claimMail(later, 'notifier', LONG_MS);
    await store.mails.noteSent([{ id: later, owner: 'notifier', answer: '250 ok' }]);
  };
  // Another reader, the same state, and a reminder of what this one has not heard of.
  await tell('session-changed', { version: 2, userId: newId() });
  await tell('session-invited', {});
  await tell('session-reminder', { version: 2 });
  t.match(await again(store, id), { outcome: 'waiting' });
  await store.mails.claimMail(id, 'notifier', LONG_MS);
  await store.mails.settleMail(id, 'notifier', { status: 'failed', error: '550 no such user' });
  await tell('session-changed', { version: 2 });
  t.match(await again(store, id), { outcome: 'refused', reason: 'outdated' });
  const reminder = await failed(store, { kind: 'session-reminder', session: old.session });
  t.match(await again(store, reminder), { outcome: 'waiting' }, 'a reminder is good while its start is');
});

t.test(
  'what somebody asks for is tried though mails came back, but no reminder goes to who wants none',
  async (t) => {
    const store = await openStore(t);
    const user = { id: newId(), organisationId: newId(), email: ADDRESS };
    const [invited, reminder, report] = [
      await failed(store, told('session-invited')),
      await failed(store, told('session-reminder')),
      await failed(store, REPORT),
    ];
    await store.suppressions.noteBounce(user, NOW);
    await store.transaction((transaction) => store.suppressions.endReminders(transaction, user, NOW));
    t.match(await again(store, reminder), { reason: 'suppressed' });
    t.match(await again(store, invited), { outcome: 'waiting' });
    t.match(await again(store, report), { outcome: 'waiting' });
    const { items } = await store.suppressions.listSuppressions(user.organisationId, { limit: 2 });
    const ended = items.find(({ reason }) => reason === 'reminders-off')!;
    await store.transaction((transaction) =>
      store.suppressions.liftSuppression(transaction, user.organisationId, ended.id),
    );
    t.match(await again(store, reminder), { outcome: 'waiting' });
  },
);
