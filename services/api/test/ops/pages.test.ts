import { newId } from '@mentorline/store';
import type { LightMyRequestResponse } from 'fastify';
import t from 'tap';
import { CONTENT, MANAGER, OBSERVER, OPERATOR, type OpsGateway, openOps } from './operators.ts';

/** A browser on these pages. */
function browse({ app, password }: OpsGateway) {
  let cookie = '';
  const send = async (
    method: 'GET' | 'POST',
    url: string,
    form?: Record<string, string>,
    headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' },
  ): Promise<LightMyRequestResponse> => {
    const answer = await app.inject({
      ...{ method, url },
      headers: {
        ...{ accept: 'text/html', ...(cookie ? { cookie } : {}), ...headers },
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(form ? { payload: new URLSearchParams(form).toString() } : {}),
    });
    const set = answer.headers['set-cookie'];
    if (set !== undefined) cookie = String(set).split(';')[0]!;
    return answer;
  };
  return {
    send,
    signIn: (email: string, given = password) => send('POST', '/ops/login', { email, password: given }),
    act: (act: string, id: string, headers?: Record<string, string>) =>
      send('POST', '/ops/acts', { act, id }, headers),
    cookie: () => cookie,
    use(text: string) {
      cookie = text;
    },
  };
}

t.test('nothing is shown to those who have not signed in', async (t) => {
  const gateway = await openOps(t);
  const { send } = browse(gateway);
  for (const url of ['/ops', `/ops/imports/${newId()}`, '/ops/queues', '/ops/queues/']) {
    const answer = await send('GET', url);
    t.match([answer.statusCode, answer.headers.location], [303, '/ops/login'], url);
  }
  t.equal(
    (await send('GET', '/ops/queues/api/queues', undefined, { accept: 'application/json' })).statusCode,
    401,
  );
  t.equal((await send('POST', '/ops/acts', { act: 'pause', id: 'mails' })).statusCode, 401);
  const page = await send('GET', '/ops/login');
  t.equal(page.statusCode, 200);
  t.match(page.headers['content-security-policy'], /default-src 'none'.*form-action 'self'/);
  // A token of the interface is none of the pages'.
  const authorization = `Bearer ${await gateway.token(OPERATOR)}`;
  t.equal((await send('GET', '/ops', undefined, { authorization })).statusCode, 303);
});

t.test('operators and observers sign in with a cookie that goes to these pages only', async (t) => {
  const gateway = await openOps(t);
  for (const email of [OPERATOR, OBSERVER]) {
    const { send, signIn, cookie } = browse(gateway);
    const answer = await signIn(email);
    t.match([answer.statusCode, answer.headers.location], [303, '/ops'], email);
    const set = String(answer.headers['set-cookie']);
    t.match(set, /; Max-Age=\d+; Path=\/ops; HttpOnly; SameSite=Strict$/);
    t.equal((await send('GET', '/ops')).statusCode, 200);
    const elsewhere = await gateway.app.inject({ url: '/v1/ops/overview', headers: { cookie: cookie() } });
    t.equal(elsewhere.statusCode, 401, 'it is no key to the interface');
  }
  const secure = await openOps(t, { env: { PUBLIC_URL: 'https://mentor.example.org' } });
  t.match(String((await browse(secure).signIn(OPERATOR)).headers['set-cookie']), /; Secure;/);
});

t.test('others, and wrong passwords, are refused on the page', async (t) => {
  const gateway = await openOps(t);
  const { signIn } = browse(gateway);
  const other = await signIn(MANAGER);
  t.match([other.statusCode, other.body], [403, /These pages need the role operator or observer/]);
  const wrong = await signIn(OPERATOR, 'not the password');
  t.match([wrong.statusCode, wrong.body], [401, /role="alert">E-mail or password is wrong/]);
  t.equal(wrong.headers['set-cookie'], undefined);
});

t.test('a sign-in ends by signing out, a new password, a lost role, and after its time', async (t) => {
  const gateway = await openOps(t);
  const { store, users, clock } = gateway;
  const status = async (cookie: string): Promise<number> => {
    const { send, use } = browse(gateway);
    use(cookie);
    return (await send('GET', '/ops')).statusCode;
  };
  const signedIn = async (email: string): Promise<string> => {
    const { signIn, cookie } = browse(gateway);
    await signIn(email);
    t.equal(await status(cookie()), 200);
    return cookie();
  };
  const out = browse(gateway);
  await out.signIn(OPERATOR);
  const before = out.cookie();
  await out.send('POST', '/ops/logout');
  t.equal(await status(before), 303, 'the cookie is no good any more, whoever has kept it');

  const observer = users.get(OBSERVER)!;
  const one = await signedIn(OBSERVER);
  await store.users.setRoles(observer.id, ['mentee']);
  t.equal(await status(one), 303);
  await store.users.setRoles(observer.id, ['observer']);
  t.equal(await status(one), 200);
  await store.transaction((transaction) => store.refreshTokens.endFamiliesOf(transaction, observer.id));
  t.equal(await status(one), 303, 'as a new password does');

  const late = await signedIn(OPERATOR);
  clock.now = new Date(clock.now.getTime() + 31 * 60_000);
  t.equal(await status(late), 303);
  t.equal(await status(`${late}x`), 303, 'nor is one that was tampered with');
});

t.test('the page shows what needs attention first, and no content', async (t) => {
  const gateway = await openOps(t);
  const { id } = await gateway.running();
  await gateway.failed('INTERNAL_ERROR');
  const { send, signIn } = browse(gateway);
  await signIn(OPERATOR);
  const page = await send('GET', '/ops');
  t.match(
    page.body,
    /<h2 id="attention">Needs attention \(\d+\)<\/h2>[\s\S]*No importer runs[\s\S]*At a glance/,
  );
  t.match(page.body, `/ops/imports/${id}`);
  const story = await send('GET', `/ops/imports/${id}`);
  t.match(story.body, /Uploaded, accepted and queued[\s\S]*Claimed in queued, attempt 1/);
  for (const { body, headers } of [page, story]) {
    t.notMatch(body, CONTENT);
    t.match(headers, { 'cache-control': 'private, no-store', 'content-type': 'text/html; charset=utf-8' });
  }
  const busy = Array.from({ length: 32 }, () => ({ kind: 'mail', id: newId(), since: new Date() }));
  const notifier = { id: newId(), service: 'notifier', version: '0.1.0', host: 'host-1', pid: 7 };
  await gateway.store.heartbeats.beat({
    ...{ ...notifier, since: new Date(), draining: false, busy, perMinute: {} },
  });
  const busyPage = (await send('GET', '/ops')).body;
  t.same(
    busy.map((mail) => busyPage.includes(mail.id)),
    busy.map((_mail, index) => index < 3),
    'of much that a process is busy with what takes longest',
  );
  t.match(busyPage, 'and 29 more');
  const missing = await send('GET', `/ops/imports/${newId()}`);
  t.match([missing.statusCode, missing.body], [404, /There is no such import/]);
});

t.test('operators mend by buttons; observers have none, and are refused', async (t) => {
  const gateway = await openOps(t);
  const { store, deps } = gateway;
  const { id } = await gateway.running();
  const failed = await gateway.failed('INTERNAL_ERROR');
  const operator = browse(gateway);
  await operator.signIn(OPERATOR);
  const released = await operator.act('release', id);
  t.match([released.statusCode, released.headers.location], [303, `/ops/imports/${id}`]);
  t.match((await store.looks.lookAtImport(id))?.lease, null);
  t.equal((await operator.act('cancel', id)).statusCode, 303);
  t.ok((await store.imports.findImport(id))?.cancelRequestedAt);
  const retried = await operator.act('retry', failed.id);
  t.match(retried.headers.location, /^\/ops\/imports\/[0-9a-f]{24}\?done=retry$/);
  const again = await operator.act('retry', failed.id);
  t.match([again.statusCode, again.body], [409, /has been retried already/]);
  t.equal((await operator.act('pause', 'mails')).statusCode, 303);
  t.match(await deps.queues.look(), [{}, { name: 'mails', paused: true }]);
  await operator.act('resume', 'mails');

  const letter = await gateway.failed('FILE_DAMAGED');
  const letters = async (show: string) => (await operator.send('GET', `/ops/dead-letters?show=${show}`)).body;
  t.match(await letters('all'), /value="dismiss-import"/);
  const dismissed = await operator.act('dismiss-import', letter.id);
  t.equal(dismissed.headers.location, '/ops?done=dismiss-import');
  t.notMatch(await letters('all'), letter.id);
  t.match(await letters('dismissed'), letter.id);

  const observer = browse(gateway);
  await observer.signIn(OBSERVER);
  for (const page of ['/ops', '/ops/dead-letters']) {
    t.notMatch((await observer.send('GET', page)).body, /action="\/ops\/acts"/);
  }
  t.equal((await observer.act('pause', 'mails')).statusCode, 403);
  t.match(await deps.queues.look(), [{}, { name: 'mails', paused: false }]);
});

t.test('what does not come from a page of ours does nothing', async (t) => {
  const gateway = await openOps(t, { env: { PUBLIC_URL: 'https://mentor.example.org' } });
  const { act, signIn, send } = browse(gateway);
  await signIn(OPERATOR);
  const elsewhere = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'https://other.example.org' },
    { origin: 'https://mentor.example.org.attacker.example' },
    { origin: 'null' },
    {},
  ];
  for (const headers of elsewhere) {
    t.equal(
      (await act('pause', 'mails', headers as Record<string, string>)).statusCode,
      403,
      JSON.stringify(headers),
    );
  }
  const login = await send(
    'POST',
    '/ops/login',
    { email: OPERATOR, password: 'x' },
    { 'sec-fetch-site': 'cross-site' },
  );
  t.equal(login.statusCode, 403);
  t.equal((await act('pause', 'mails', { origin: 'https://mentor.example.org' })).statusCode, 303);
  await act('resume', 'mails');
});
