import { isSuppressed, newId } from '@mentorline/store';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const ADMIN = 'admin@example.org';
const MEERA = 'meera.iyer@example.org';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const { call, store, users, organisation, clock } = await openGateway(t);
const meera = users.get(MEERA)!;
const secret = 'a-secret_of-the-mail-0123';

/** A reminder as the notifier puts it in the outbox. @returns the token of its link */
async function remind(): Promise<string> {
  const session = {
    ...{ sessionId: newId(), version: 1, userId: meera.id, role: 'mentee' as const, title: 'Leading' },
    ...{ timeZone: 'Asia/Kolkata', start: clock.now, end: clock.now },
    mentor: { name: 'Asha Rao', address: 'asha.rao@example.org' },
    ...{ reminderMinutes: 60, unsubscribeSecret: secret },
  };
  const id = await store.transaction((transaction) =>
    store.mails.addMail(transaction, {
      ...{ organisationId: organisation.id, kind: 'session-reminder', session, date: clock.now },
      to: { name: meera.name, address: MEERA },
      messageId: `<${newId()}@example.org>`,
    }),
  );
  return `${id}.${secret}`;
}

const list = async (email = ADMIN) => (await call(email, 'GET', '/v1/suppressions')).json();
const post = (token: string, body = 'List-Unsubscribe=One-Click', headers: Record<string, string> = FORM) =>
  call(null, 'POST', `/unsubscribe?token=${token}`, body, headers);

t.test('the link of a reminder asks first, so that what only looks at links ends nothing', async (t) => {
  const token = await remind();
  const page = await call(null, 'GET', `/unsubscribe?token=${token}`);
  t.equal(page.statusCode, 200);
  t.match(page.headers['content-type'], /^text\/html/);
  t.match(page.body, '<form method="post">');
  t.notMatch(page.body, /(src|href)=|<script/);
  t.match(page.headers['content-security-policy'], /^default-src 'none';.*form-action 'self'/);
  t.match(page.headers['cache-control'], 'no-store');
  t.equal((await list()).total, 0);
});

t.test(
  'one click ends the reminders, whatever form the mail program sends, and once is enough',
  async (t) => {
    const multipart =
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
    const token = await remind();
    t.equal((await post(token)).statusCode, 200);
    t.match((await post(token)).body, 'You get no more reminders');
    const other = await remind();
    const sent = await post(other, multipart, { 'content-type': 'multipart/form-data; boundary=x' });
    t.equal(sent.statusCode, 200);
    const { items, total } = await list();
    t.equal(total, 1);
    t.match(items, [
      { userId: meera.id, address: MEERA, reason: 'reminders-off', at: '2027-06-01T00:00:00Z' },
    ]);
    const audit = (await call(ADMIN, 'GET', '/v1/audit?action=account.reminders-off')).json();
    t.match(audit, { total: 1, items: [{ user: { id: meera.id }, target: { kind: 'user', id: meera.id } }] });
  },
);

t.test('a token that is not of a reminder ends nothing, and tells nothing', async (t) => {
  const [id] = (await remind()).split('.');
  for (const token of [
    '',
    'x',
    `${id}.`,
    `${id}.${secret}x`,
    `${id}`,
    `${newId()}.${secret}`,
    `${id}.undefined`,
  ]) {
    for (const answer of [await post(token), await call(null, 'GET', `/unsubscribe?token=${token}`)]) {
      t.equal(answer.statusCode, 404, token);
      t.notMatch(answer.body, MEERA);
    }
  }
  t.equal((await post('x'.repeat(201))).statusCode, 422);
  t.equal((await post('x', 'y'.repeat(10_001))).statusCode, 413);
});

t.test('an administrator sees whom mails do not reach, and lets them go there again', async (t) => {
  const asha = users.get('asha.rao@example.org')!;
  const stranger = users.get('manager@other.example.net')!;
  await store.suppressions.noteBounce(asha, clock.now);
  await store.suppressions.noteBounce(asha, new Date(0));
  await store.suppressions.noteBounce(stranger, clock.now);
  const first = (await call(ADMIN, 'GET', '/v1/suppressions?limit=1')).json();
  t.match(first, { total: 2, items: [{ address: asha.email, reason: 'hard-bounce' }] });
  const second = await call(ADMIN, 'GET', `/v1/suppressions?limit=1&cursor=${first.nextCursor}`);
  t.match(second.json(), { total: 2, nextCursor: null, items: [{ address: MEERA }] });
  const [{ id }] = first.items;
  t.equal((await call(ADMIN, 'DELETE', `/v1/suppressions/${id}`)).statusCode, 204);
  t.equal((await call(ADMIN, 'DELETE', `/v1/suppressions/${id}`)).statusCode, 404);
  t.equal((await list()).total, 1);
  t.notOk((await store.suppressions.findSuppressed([asha.email])).has(asha.email));
  const audit = (await call(ADMIN, 'GET', '/v1/audit?action=suppression.lifted')).json();
  t.match(audit, { total: 1, items: [{ target: { kind: 'user', id: asha.id }, fields: ['hard-bounce'] }] });
});

t.test(
  'an administrator stops mails to an address, until an administrator lets them go there again',
  async (t) => {
    const arjun = users.get('arjun.nair@example.org')!;
    const stop = (id: string) => call(ADMIN, 'PUT', `/v1/users/${id}/suppression`);
    const stopped = await stop(arjun.id);
    t.equal(stopped.statusCode, 200);
    t.match(stopped.json(), { userId: arjun.id, address: arjun.email, reason: 'manual' });
    t.same((await stop(arjun.id)).json(), stopped.json(), 'twice is once');
    const vikram = users.get('vikram.shah@example.org')!;
    const atOnce = await Promise.all([1, 2, 3, 4].map(() => stop(vikram.id)));
    t.same([...new Set(atOnce.map(({ statusCode }) => statusCode))], [200], 'all at once, too');
    t.equal(new Set(atOnce.map((answer) => answer.json().id)).size, 1);
    t.equal((await stop(users.get('manager@other.example.net')!.id)).statusCode, 404);
    const of = async () => (await store.suppressions.findSuppressed([arjun.email])).get(arjun.email);
    const mail = (more = {}) => ({ kind: 'session-invited' as const, ...more });
    t.ok(isSuppressed(await of(), mail()));
    t.notOk(isSuppressed(await of(), { kind: 'password-reset' }), 'what somebody asks for goes there');
    await store.suppressions.liftBounce(arjun.email);
    t.ok(isSuppressed(await of(), mail()), 'a mail that is taken says nothing against it');
    await call(ADMIN, 'DELETE', `/v1/suppressions/${stopped.json().id}`);
    t.notOk(isSuppressed(await of(), mail()));
    const audit = (await call(ADMIN, 'GET', '/v1/audit?action=suppression.added')).json();
    t.match(audit, {
      total: 2,
      items: [{ target: { id: vikram.id } }, { target: { kind: 'user', id: arjun.id } }],
    });
  },
);
