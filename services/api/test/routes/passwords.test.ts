import t from 'tap';
import { inviteUser } from '../../src/accounts/invite-user.ts';
import { openGateway } from '../open-gateway.ts';

const gateway = await openGateway(t);
const { call, clock, store, users, password, organisation, deps } = gateway;
const MANAGER = 'manager@example.org';
const MENTEE = 'meera.iyer@example.org';
const ADMIN = 'admin@example.org';
const NEW = 'a new and better password';

const logIn = (email: string, secret: string) =>
  call(null, 'POST', '/v1/auth/login', { email, password: secret });
const refresh = (refreshToken: string) => call(null, 'POST', '/v1/auth/refresh', { refreshToken });
const me = (accessToken: string) =>
  call(null, 'GET', '/v1/me', undefined, { authorization: `Bearer ${accessToken}` });
const confirm = (token: string, secret: string) =>
  call(null, 'POST', '/v1/auth/password-reset/confirm', { token, password: secret });
const mails = () => store.connection.collection('mails').find().sort({ _id: 1 }).toArray();
const lastToken = async (): Promise<string> => (await mails()).at(-1)?.account.token;

t.test('whoever knows the password changes it; all tokens from before end', async (t) => {
  const here = (await logIn(MANAGER, password)).json();
  const elsewhere = (await logIn(MANAGER, password)).json();
  const change = (currentPassword: string, newPassword: string) =>
    call(
      null,
      'PUT',
      '/v1/me/password',
      { currentPassword, newPassword },
      {
        authorization: `Bearer ${here.accessToken}`,
      },
    );
  t.equal((await change('wrong', NEW)).json().code, 'CREDENTIALS_INVALID');
  for (const [weak, code] of [
    ['short', 'FIELD_INVALID'],
    ['x'.repeat(201), 'FIELD_INVALID'],
    ['Manager@Example.org', 'FIELD_INVALID'],
  ] as const) {
    const answer = await change(password, weak);
    t.equal(answer.statusCode, 422, weak);
    t.match(answer.json().errors, [{ pointer: '/newPassword', code }]);
  }
  t.equal((await me(elsewhere.accessToken)).statusCode, 200, 'nothing has changed so far');

  const changed = await change(password, NEW);
  t.equal(changed.statusCode, 200);
  for (const before of [here, elsewhere]) {
    t.equal((await me(before.accessToken)).statusCode, 401);
    t.equal((await refresh(before.refreshToken)).statusCode, 401);
  }
  t.equal((await me(changed.json().accessToken)).statusCode, 200);
  t.equal((await refresh(changed.json().refreshToken)).statusCode, 200);
  t.equal((await logIn(MANAGER, password)).statusCode, 401);
  t.equal((await logIn(MANAGER, NEW)).statusCode, 200);
});

t.test('a password is reset by a mailed link that is good once', async (t) => {
  const before = (await logIn(MENTEE, password)).json();
  const asked = await call(null, 'POST', '/v1/auth/password-reset', { email: ' Meera.Iyer@Example.org' });
  t.equal(asked.statusCode, 202);
  t.equal(asked.body, '');
  const [mail, ...more] = await mails();
  t.same(more, []);
  t.match(mail, {
    ...{ kind: 'password-reset', status: 'pending', to: { address: MENTEE }, importId: null },
    letterhead: { organisationName: organisation.name },
    account: { expiresAt: new Date(clock.now.getTime() + 3_600_000) },
  });
  t.match(mail?.messageId, /^<password-reset\.[0-9a-f]{24}@/);
  const token: string = mail?.account.token;
  const links = await store.connection.collection('accountLinks').find().toArray();
  t.equal(links.length, 1);
  t.notMatch(JSON.stringify(links), token, 'only its hash is stored');

  t.equal((await confirm(token, 'short')).statusCode, 422);
  t.equal((await confirm(token, MENTEE.toUpperCase())).statusCode, 422, 'and the link is still good');
  t.equal((await confirm(token, NEW)).statusCode, 204);
  const again = await confirm(token, 'yet another password');
  t.match([again.statusCode, again.json().code], [422, 'LINK_INVALID']);
  t.equal((await logIn(MENTEE, NEW)).statusCode, 200);
  t.equal((await refresh(before.refreshToken)).statusCode, 401);
  t.equal((await me(before.accessToken)).statusCode, 401);
});

t.test('an unknown address gets the same answer in the same time, and no mail', async (t) => {
  const count = (await mails()).length;
  const timed = async (email: string) => {
    const start = performance.now();
    const answer = await call(null, 'POST', '/v1/auth/password-reset', { email });
    return { answer, timeMs: performance.now() - start };
  };
  await store.connection
    .collection('users')
    .updateOne({ email: 'arjun.nair@example.org' }, { $set: { active: false } });
  const unknown = await timed('nobody@example.org');
  const inactive = await timed('arjun.nair@example.org');
  t.equal((await mails()).length, count);
  const known = await timed('vikram.shah@example.org');
  t.equal((await mails()).length, count + 1);
  for (const { answer, timeMs } of [unknown, inactive, known]) {
    t.equal(answer.statusCode, 202);
    t.equal(answer.body, '');
    t.ok(timeMs >= 250 && timeMs < 1_000, `${timeMs} ms`);
  }
});

t.test('a reset link runs out after an hour, and ends with the next one', async (t) => {
  const ask = () => call(null, 'POST', '/v1/auth/password-reset', { email: 'asha.rao@example.org' });
  await ask();
  const first = await lastToken();
  await ask();
  const second = await lastToken();
  t.equal((await confirm(first, NEW)).statusCode, 422);
  clock.now = new Date(clock.now.getTime() + 3_600_000);
  t.equal((await confirm(second, NEW)).statusCode, 422);
  t.equal((await logIn('asha.rao@example.org', password)).statusCode, 200, 'the old password stays');
});

t.test('nobody is flooded with reset mails', async (t) => {
  const answers: number[] = [];
  for (let n = 0; n < 4; n += 1) {
    const answer = await call(null, 'POST', '/v1/auth/password-reset', { email: 'flooded@example.org' });
    answers.push(answer.statusCode);
    if (answer.statusCode === 429) {
      t.match(answer.json(), { code: 'TOO_MANY_ATTEMPTS' });
      t.ok(Number(answer.headers['retry-after']) > 3_000);
    }
  }
  t.same(answers, [202, 202, 202, 429]);
});

t.test('an invited user sets the first password within seven days', async (t) => {
  const email = 'new.mentor@example.org';
  const user = await store.users.createUser({
    ...{ organisationId: organisation.id, email, name: 'New Mentor', roles: ['mentor'] },
  });
  const admin = users.get(ADMIN)!;
  const actor = {
    organisationId: organisation.id,
    userId: admin.id,
    email: ADMIN,
    address: '::1',
    requestId: 'r',
  };
  const at = clock.now;
  await store.transaction((transaction) =>
    inviteUser({ store, mailDomain: deps.config.MAIL_DOMAIN }, transaction, {
      ...{ user, organisation, by: { name: admin.name, actor }, at },
    }),
  );
  const first = await lastToken();
  t.match((await mails()).at(-1), {
    ...{ kind: 'invitation', to: { name: 'New Mentor', address: email } },
    account: { invitedBy: admin.name, expiresAt: new Date(at.getTime() + 7 * 24 * 3_600_000) },
  });
  t.equal((await logIn(email, '')).statusCode, 422);
  t.equal((await logIn(email, NEW)).statusCode, 401, 'without a password nobody signs in');

  const again = await call(ADMIN, 'POST', `/v1/users/${user.id}/invitation`);
  t.equal(again.statusCode, 202);
  t.match(again.json(), {
    email,
    expiresAt: new Date(at.getTime() + 7 * 24 * 3_600_000).toISOString().replace('.000', ''),
  });
  const second = await lastToken();
  t.equal((await confirm(first, NEW)).statusCode, 422, 'the earlier link is good no more');
  await call(null, 'POST', '/v1/auth/password-reset', { email });
  clock.now = new Date(at.getTime() + 6 * 24 * 3_600_000);
  t.equal((await confirm(second, NEW)).statusCode, 204, 'and a reset that somebody asks for does not end it');
  t.equal((await logIn(email, NEW)).statusCode, 200);
  const actions = await store.connection
    .collection('auditLog')
    .find({ 'target.id': user.id })
    .sort({ _id: 1 })
    .map(({ action }) => action)
    .toArray();
  t.same(actions, [
    ...['user.invited', 'account.sign-in-failed', 'user.invited', 'account.reset-requested'],
    ...['account.activated', 'account.signed-in'],
  ]);

  const refused = await call(ADMIN, 'POST', `/v1/users/${user.id}/invitation`);
  t.match([refused.statusCode, refused.json().code], [409, 'INVITATION_REFUSED']);
});

t.test('only administrators invite, and only into their own organisation', async (t) => {
  const { id } = users.get(MENTEE)!;
  const stranger = users.get('lena.berg@other.example.net')!;
  t.equal((await call('manager@other.example.net', 'POST', `/v1/users/${id}/invitation`)).statusCode, 403);
  t.equal((await call(ADMIN, 'POST', `/v1/users/${stranger.id}/invitation`)).statusCode, 404);
  t.equal((await call(ADMIN, 'POST', '/v1/users/000000000000000000000000/invitation')).statusCode, 404);
});

t.test('a sign-in that was under way when the password changed is refused', async (t) => {
  const user = (await store.users.findUserByEmail('vikram.shah@example.org'))!;
  await store.users.setPassword(user.id, 'scrypt$…');
  const noted = await store.transaction((transaction) =>
    store.users.noteSignIn(transaction, user, clock.now),
  );
  t.equal(noted, false);
});
