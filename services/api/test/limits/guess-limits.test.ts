import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const env = {
  SIGN_IN_FAILURES_PER_ACCOUNT: '3',
  SIGN_IN_FAILURES_PER_ADDRESS: '8',
  TRUST_PROXY: '127.0.0.1',
};
const FROM_ELSEWHERE = { 'x-forwarded-for': '192.0.2.7' };

t.test('after so many wrong passwords an account is locked, known or not', async (t) => {
  const { call, password, store } = await openGateway(t, { env });
  const logIn = (email: string, secret: string, headers = {}) =>
    call(null, 'POST', '/v1/auth/login', { email, password: secret }, headers);
  for (const email of [MANAGER, 'nobody@example.org']) {
    for (let n = 0; n < 3; n += 1) t.equal((await logIn(email, 'wrong')).statusCode, 401);
    for (const secret of ['wrong', password]) {
      const answer = await logIn(email.toUpperCase(), secret, FROM_ELSEWHERE);
      t.equal(answer.statusCode, 429, `${email} is locked from everywhere`);
      t.equal(answer.json().code, 'TOO_MANY_ATTEMPTS');
      const seconds = Number(answer.headers['retry-after']);
      t.ok(seconds > 0 && seconds <= 900, `${seconds} s`);
    }
  }
  await t.resolves(
    (async () => {
      const log = store.connection.collection('auditLog');
      const actions = await log
        .find()
        .map(({ action }) => action)
        .toArray();
      t.same(actions.sort(), ['account.locked', ...Array(3).fill('account.sign-in-failed')]);
    })(),
  );
});

t.test('a sign-in that goes well takes its failures back', async (t) => {
  const { call, password } = await openGateway(t, { env });
  const logIn = (secret: string) =>
    call(null, 'POST', '/v1/auth/login', { email: MANAGER, password: secret });
  for (let round = 0; round < 5; round += 1) {
    if (round < 2) for (let n = 0; n < 2; n += 1) t.equal((await logIn('wrong')).statusCode, 401);
    t.equal((await logIn(password)).statusCode, 200);
  }
});

t.test('an address that guesses at many accounts is turned away, and locks no further ones', async (t) => {
  const { call, password } = await openGateway(t, { env });
  const logIn = (email: string, secret: string, headers = {}) =>
    call(null, 'POST', '/v1/auth/login', { email, password: secret }, headers);
  for (let n = 0; n < 8; n += 1) t.equal((await logIn(`nobody${n}@example.org`, 'wrong')).statusCode, 401);
  for (let n = 0; n < 4; n += 1) t.equal((await logIn(MANAGER, 'wrong')).statusCode, 429);
  t.equal((await logIn(MANAGER, password, FROM_ELSEWHERE)).statusCode, 200);
});

t.test('many guesses at once are no way round', async (t) => {
  const { call } = await openGateway(t, { env });
  const answers = await Promise.all(
    Array.from({ length: 12 }, () =>
      call(null, 'POST', '/v1/auth/login', { email: MANAGER, password: 'wrong' }),
    ),
  );
  t.equal(answers.filter(({ statusCode }) => statusCode === 401).length, 3);
});

t.test('links with a password and the change of one count as well', async (t) => {
  const { call, users } = await openGateway(t, { env });
  const basic = `Basic ${Buffer.from(`${MANAGER}:wrong`).toString('base64')}`;
  const download = () => call(null, 'GET', '/v1/sessions.csv', undefined, { authorization: basic });
  const change = () =>
    call(MANAGER, 'PUT', '/v1/me/password', { currentPassword: 'wrong', newPassword: 'long enough for all' });
  t.ok(users.has(MANAGER));
  t.same(
    [await download(), await change(), await download(), await change(), await download()].map(
      ({ statusCode }) => statusCode,
    ),
    [401, 401, 401, 429, 429],
  );
});

t.test('a reset by mail unlocks', async (t) => {
  const { call, store } = await openGateway(t, { env });
  const logIn = (secret: string) =>
    call(null, 'POST', '/v1/auth/login', { email: MANAGER, password: secret });
  for (let n = 0; n < 3; n += 1) await logIn('wrong');
  t.equal((await logIn('wrong')).statusCode, 429);
  await call(null, 'POST', '/v1/auth/password-reset', { email: MANAGER });
  const mail = await store.connection.collection('mails').findOne({ kind: 'password-reset' });
  const password = 'a new and better password';
  const { token } = mail?.account ?? {};
  t.equal((await call(null, 'POST', '/v1/auth/password-reset/confirm', { token, password })).statusCode, 204);
  t.equal((await logIn(password)).statusCode, 200);
});
