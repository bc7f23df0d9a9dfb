import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const gateway = await openGateway(t);
const { app, call, clock, store, users, password } = gateway;
const refresh = (refreshToken: string, headers = {}) =>
  call(null, 'POST', '/v1/auth/refresh', { refreshToken }, headers);
const later = (seconds: number) => {
  clock.now = new Date(clock.now.getTime() + seconds * 1_000);
};
const MANAGER = 'manager@example.org';
const logIn = (body: object) => call(null, 'POST', '/v1/auth/login', body);

t.test('e-mail and password give a token that lives for an hour, and who it is', async (t) => {
  const answer = await logIn({ email: ' Manager@Example.org ', password });
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers['cache-control'], 'no-store');
  const { accessToken, refreshToken, ...rest } = answer.json();
  t.match(refreshToken, /^[\w-]{43}$/);
  t.match(rest, {
    tokenType: 'Bearer',
    expiresIn: 3600,
    refreshExpiresIn: 30 * 24 * 3600,
    user: { email: MANAGER, roles: ['session_manager'], organisation: { name: 'Example Schools' } },
  });
  const bearer = { authorization: `Bearer ${accessToken}` };
  const me = await call(null, 'GET', '/v1/me', undefined, bearer);
  t.equal(me.statusCode, 200);
  t.same(me.json(), rest.user);
  t.notMatch(me.body, /password|scrypt/i);

  clock.now = new Date(clock.now.getTime() + 3_601_000);
  t.equal((await call(null, 'GET', '/v1/me', undefined, bearer)).statusCode, 401, 'and no longer');
});

t.test('a wrong password, an unknown address and an inactive account get the same answer', async (t) => {
  const inactive = users.get('arjun.nair@example.org')!;
  await store.connection
    .collection('users')
    .updateOne({ email: inactive.email }, { $set: { active: false } });
  const answers = [
    await logIn({ email: MANAGER, password: 'wrong' }),
    await logIn({ email: 'nobody@example.org', password }),
    await logIn({ email: inactive.email, password }),
  ];
  for (const answer of answers) {
    t.equal(answer.statusCode, 401);
    t.match(answer.headers, { 'content-type': /^application\/problem\+json/, 'www-authenticate': /^Bearer/ });
    const { requestId, ...problem } = answer.json();
    t.type(requestId, 'string');
    t.same(problem, {
      type: 'urn:mentorline:error:CREDENTIALS_INVALID',
      title: 'E-mail or password is wrong',
      status: 401,
      detail: 'E-mail or password is wrong',
      code: 'CREDENTIALS_INVALID',
      errors: [],
    });
  }
});

t.test('an unknown address takes as long as a wrong password', async (t) => {
  const timeOf = async (email: string) => {
    const times: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const start = performance.now();
      await logIn({ email, password: 'wrong' });
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[2]!;
  };
  await logIn({ email: 'nobody@example.org', password: 'wrong' });
  const known = await timeOf(MANAGER);
  const unknown = await timeOf('nobody@example.org');
  t.ok(unknown > known / 3 && unknown < known * 3, `${unknown} ms and ${known} ms`);
});

t.test('nothing of a sign-in is logged but ids', async (t) => {
  await logIn({ email: MANAGER, password });
  const log = gateway.log.join('');
  t.match(log, /"route":"\/v1\/auth\/login"/);
  t.notMatch(log, new RegExp(`${password}|${MANAGER}|eyJ`));
});

t.test('a body that does not fit is told field by field', async (t) => {
  const answer = await logIn({ email: 5, user: 'x' });
  t.equal(answer.statusCode, 422);
  t.match(answer.json(), { code: 'VALIDATION_FAILED' });
  t.same(
    answer
      .json()
      .errors.map(({ pointer, code }: Record<string, string>) => [pointer, code])
      .sort(),
    [
      ['/email', 'FIELD_INVALID'],
      ['/password', 'FIELD_REQUIRED'],
      ['/user', 'FIELD_UNKNOWN'],
    ],
  );
  t.equal((await app.inject({ method: 'POST', url: '/v1/auth/login' })).statusCode, 422, 'an empty one too');
});

t.test('a refresh token is good once, for the next pair of tokens', async (t) => {
  const first = (await logIn({ email: MANAGER, password })).json();
  later(60);
  const answer = await refresh(first.refreshToken);
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers['cache-control'], 'no-store');
  const second = answer.json();
  t.match(second, { tokenType: 'Bearer', expiresIn: 3600, user: { email: MANAGER } });
  t.not(second.refreshToken, first.refreshToken);
  const bearer = { authorization: `Bearer ${second.accessToken}` };
  t.equal((await call(null, 'GET', '/v1/me', undefined, bearer)).statusCode, 200);
  t.equal((await refresh(second.refreshToken)).statusCode, 200);
});

t.test('only hashes of refresh tokens are stored', async (t) => {
  const { refreshToken } = (await logIn({ email: MANAGER, password })).json();
  const stored = await store.connection.collection('refreshTokens').find().toArray();
  t.ok(stored.length > 0);
  t.notMatch(JSON.stringify(stored), refreshToken);
});

t.test('an exchanged token that comes back ends every token of its sign-in, and of no other', async (t) => {
  const other = (await logIn({ email: MANAGER, password })).json();
  const stolen = (await logIn({ email: MANAGER, password })).json().refreshToken;
  const current = (await refresh(stolen)).json().refreshToken;
  later(11);
  const answer = await refresh(stolen);
  t.equal(answer.statusCode, 401);
  t.equal(answer.json().code, 'REFRESH_TOKEN_INVALID');
  t.equal((await refresh(current)).statusCode, 401, 'the thief’s or the owner’s: nobody can tell');
  t.equal((await refresh(other.refreshToken)).statusCode, 200);
  const noted = await store.connection.collection('auditLog').findOne({ action: 'account.token-reused' });
  t.match(noted?.email, MANAGER);
});

t.test('the same client may exchange a token twice within ten seconds, another may not', async (t) => {
  const one = { 'user-agent': 'one' };
  const inOneHand = (await call(null, 'POST', '/v1/auth/login', { email: MANAGER, password }, one)).json();
  const twice = await Promise.all([
    refresh(inOneHand.refreshToken, one),
    refresh(inOneHand.refreshToken, one),
  ]);
  t.same(
    twice.map(({ statusCode }) => statusCode),
    [200, 200],
  );
  later(9);
  t.equal((await refresh(inOneHand.refreshToken, one)).statusCode, 200);
  for (const answer of twice) t.equal((await refresh(answer.json().refreshToken, one)).statusCode, 200);

  const inTwoHands = (await call(null, 'POST', '/v1/auth/login', { email: MANAGER, password }, one)).json();
  t.equal((await refresh(inTwoHands.refreshToken, one)).statusCode, 200);
  t.equal((await refresh(inTwoHands.refreshToken, { 'user-agent': 'another' })).statusCode, 401);
});

t.test('a refresh token that is not used for thirty days runs out', async (t) => {
  const { refreshToken } = (await logIn({ email: MANAGER, password })).json();
  later(30 * 24 * 3600 - 1);
  const next = await refresh(refreshToken);
  t.equal(next.statusCode, 200);
  later(30 * 24 * 3600);
  t.equal((await refresh(next.json().refreshToken)).statusCode, 401);
});

t.test('somebody who is no longer active gets no tokens', async (t) => {
  const email = 'meera.iyer@example.org';
  const { refreshToken } = (await logIn({ email, password })).json();
  const users = store.connection.collection('users');
  await users.updateOne({ email }, { $set: { active: false } });
  t.equal((await refresh(refreshToken)).statusCode, 401);
  await users.updateOne({ email }, { $set: { active: true } });
  t.equal((await refresh(refreshToken)).statusCode, 401, 'nor with an old one when they are again');
});

t.test('signing out ends the tokens of that sign-in; again does no harm', async (t) => {
  const other = (await logIn({ email: MANAGER, password })).json();
  const { refreshToken } = (await logIn({ email: MANAGER, password })).json();
  const next = (await refresh(refreshToken)).json().refreshToken;
  for (const token of [refreshToken, refreshToken, 'never-given-out']) {
    t.equal((await call(null, 'POST', '/v1/auth/logout', { refreshToken: token })).statusCode, 204);
  }
  t.equal((await refresh(next)).statusCode, 401);
  t.equal((await refresh(other.refreshToken)).statusCode, 200);
});

t.test('of a refresh and a sign-out at once no token outlives both', async (t) => {
  for (let round = 0; round < 5; round += 1) {
    const { refreshToken } = (await logIn({ email: MANAGER, password })).json();
    const [refreshed] = await Promise.all([
      refresh(refreshToken),
      call(null, 'POST', '/v1/auth/logout', { refreshToken }),
    ]);
    if (refreshed.statusCode === 200) {
      t.equal((await refresh(refreshed.json().refreshToken)).statusCode, 401);
    } else t.equal(refreshed.statusCode, 401);
  }
});
