import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';

const { call, store, users, organisation, clock } = await openGateway(t);
const session = (await call(MANAGER, 'POST', '/v1/sessions', sessionBody())).json();
const meera = users.get('meera.iyer@example.org')!;

/** A mail as the notifier puts it in the outbox. */
function tell(kind: 'session-invited' | 'session-changed', version: number): Promise<string> {
  const letter = {
    ...{ sessionId: session.id, version, userId: meera.id, role: 'mentee' as const, title: 'Leading' },
    ...{ organisationName: organisation.name, timeZone: 'Asia/Kolkata', start: clock.now, end: clock.now },
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
      ...{ id: changed, kind: 'session-changed', version: 2, status: 'pending', attempts: 0 },
      to: { id: meera.id, name: 'Meera Iyer', email: 'meera.iyer@example.org' },
      ...{ date: '2026-01-01T00:00:00Z', sentAt: null },
    },
  ]);
  const url = `/v1/sessions/${session.id}/mails?cursor=${first.nextCursor}`;
  const second = (await call(MANAGER, 'GET', url)).json();
  t.match(second, { total: 2, nextCursor: null, items: [{ kind: 'session-invited', status: 'failed' }] });
  t.notMatch(JSON.stringify(second), 'mail.internal', 'what the relay said is for the log of operators');
});
