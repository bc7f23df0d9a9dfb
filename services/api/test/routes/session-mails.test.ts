import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const ADMIN = 'admin@example.org';

const { call, store, users, organisation, clock } = await openGateway(t);
const session = (await call(MANAGER, 'POST', '/v1/sessions', sessionBody())).json();
const meera = users.get('meera.iyer@example.org')!;

/** A mail as the notifier puts it in the outbox. */
function tell(
  kind: 'session-invited' | 'session-changed' | 'session-reminder',
  version: number,
  start = clock.now,
): Promise<string> {
  const letter = {
    ...{ sessionId: session.id, version, userId: meera.id, role: 'mentee' as const, title: 'Leading' },
    ...{ timeZone: 'Asia/Kolkata', start, end: start },
    ...{ mentor: { name: 'Asha Rao', address: 'asha.rao@example.org' }, reminderMinutes: null },
    inside: { description: 'About', meeting: session.meeting, before: null },
  };
  return store.transaction((transaction) =>
    store.mails.addMail(transaction, {
      ...{ organisationId: organisation.id, kind, session: letter, date: new Date('2026-01-01T00:00:00Z') },
      to: { name: meera.name, address: meera.email },
      messageId: `<${kind}.${version}@example.org>`,
    }),
  );
}

t.test('a manager sees who was told what of a session, and what came of it', async (t) => {
  t.match((await call(MANAGER, 'GET', `/v1/sessions/${session.id}/mails`)).json(), { items: [], total: 0 });
  const invited = await tell('session-invited', 1);
  const changed = await tell('session-changed', 2);
  await store.mails.claimMail(invited, 'notifier', 60_000);
  await store.mails.settleMail(invited, 'notifier', { status: 'failed', error: '550 at mail.internal' });
  const first = (await call(MANAGER, 'GET', `/v1/sessions/${session.id}/mails?limit=1`)).json();
  t.strictSame(first.items, [
    {
      ...{
        id: changed,
        kind: 'session-changed',
        version: 2,
        status: 'pending',
        suppressed: false,
        attempts: 0,
      },
      to: { id: meera.id, name: 'Meera Iyer', email: 'meera.iyer@example.org' },
      ...{ date: '2026-01-01T00:00:00Z', sentAt: null },
    },
  ]);
  const url = `/v1/sessions/${session.id}/mails?cursor=${first.nextCursor}`;
  const second = (await call(MANAGER, 'GET', url)).json();
  t.match(second, { total: 2, nextCursor: null, items: [{ kind: 'session-invited', status: 'failed' }] });
  t.notMatch(JSON.stringify(second), 'mail.internal', 'what the relay said is for the log of operators');
});

const retry = (mailId: string, sessionId = session.id, email = MANAGER) =>
  call(email, 'POST', `/v1/sessions/${sessionId}/mails/${mailId}/retry`);

t.test('a manager has a mail sent again that failed, once what was wrong is mended', async (t) => {
  const id = await tell('session-changed', 3);
  t.match([(await retry(id)).statusCode, (await retry(id)).json().code], [409, 'MAIL_NOT_FAILED']);
  await store.mails.claimMail(id, 'notifier', 60_000);
  const failure = { status: 'failed', error: 'the address is suppressed', suppressed: true } as const;
  await store.mails.settleMail(id, 'notifier', failure);
  await store.suppressions.noteBounce(meera, clock.now);
  const [shown] = (await call(MANAGER, 'GET', `/v1/sessions/${session.id}/mails`)).json().items;
  t.match(shown, { id, status: 'failed', suppressed: true });
  const again = await retry(id);
  t.equal(again.statusCode, 202, 'it is tried, though earlier mails came back');
  t.match(again.json(), { id, status: 'pending', suppressed: false, attempts: 0 });
  t.match(await store.mails.claimMail(id, 'notifier', 60_000), { id }, 'a notifier may take it');
  const audit = (await call(ADMIN, 'GET', '/v1/audit?action=mail.retried')).json();
  t.match(audit, {
    total: 1,
    items: [{ user: { email: MANAGER }, target: { kind: 'session', id: session.id } }],
  });
});

t.test('nobody has a reminder sent to who wants none, until an administrator lifts that', async (t) => {
  const id = await tell('session-reminder', 1, new Date(clock.now.getTime() + 60_000));
  await store.mails.claimMail(id, 'notifier', 60_000);
  await store.mails.settleMail(id, 'notifier', { status: 'failed', error: '550 no' });
  await store.transaction((transaction) => store.suppressions.endReminders(transaction, meera, clock.now));
  const refused = await retry(id);
  t.match([refused.statusCode, refused.json()], [409, { code: 'ADDRESS_SUPPRESSED' }]);
  t.match(refused.json().detail, '/v1/suppressions');
  const { items } = (await call(ADMIN, 'GET', '/v1/suppressions')).json();
  const ended = items.find(({ reason }: { reason: string }) => reason === 'reminders-off');
  await call(ADMIN, 'DELETE', `/v1/suppressions/${ended.id}`);
  t.equal((await retry(id)).statusCode, 202);
});

t.test('a mail is asked for by the session that it tells of, while that is not over', async (t) => {
  const id = await tell('session-changed', 4);
  await store.mails.claimMail(id, 'notifier', 60_000);
  await store.mails.settleMail(id, 'notifier', { status: 'failed', error: '550 no such user' });
  const other = (
    await call(MANAGER, 'POST', '/v1/sessions', sessionBody({ start: '2027-06-15T09:30:00Z' }))
  ).json();
  t.equal((await retry(id, other.id)).statusCode, 404);
  t.equal((await retry('0'.repeat(24))).statusCode, 404);
  const { now } = clock;
  clock.now = new Date(now.getTime() + 1);
  t.match((await retry(id)).json(), { status: 409, code: 'MAIL_OUTDATED' });
  clock.now = now;
});
