import { SignJWT } from 'jose';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const gateway = await openGateway(t);
const { app, call, clock, store, users, password } = gateway;
const MANAGER = 'manager@example.org';
const logIn = (body: object) => call(null, 'POST', '/v1/auth/login', body);

t.test('e-mail and password give a token that lives for an hour, and who it is', async (t) => {
  const answer = await logIn({ email: ' Manager@Example.org ', password });
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers['cache-control'], 'no-store');
  const { accessToken, ...rest } = answer.json();
  t.match(rest, {
    tokenType: 'Bearer',
    expiresIn: 3600,
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

t.test(
  'a token is refused when forged, unsigned, of another algorithm, or of an inactive account',
  async (t) => {
    const user = users.get(MANAGER)!;
    const claims = {
      sub: user.id,
      org: user.organisationId,
      roles: ['org_admin'],
      iss: 'mentorline',
      aud: 'mentorline',
    };
    const sign = (alg: string, secret: string) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg })
        .setExpirationTime(new Date(clock.now.getTime() + 60_000))
        .sign(new TextEncoder().encode(secret));
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const refused = [
      '',
      'Basic abc',
      'Bearer',
      'Bearer not-a-token',
      `Bearer ${await sign('HS256', 'another secret, just as long as ours is')}`,
      `Bearer ${await sign('HS512', 'a secret of the test suite, long enough, and longer still, for HS512')}`,
      `Bearer ${part({ alg: 'none' })}.${part({ ...claims, exp: 4_000_000_000 })}.`,
      `Bearer ${await gateway.token('arjun.nair@example.org')}`,
    ];
    for (const authorization of refused) {
      const answer = await call(null, 'GET', '/v1/me', undefined, { authorization });
      t.equal(answer.statusCode, 401, authorization);
      t.equal(answer.json().code, 'UNAUTHENTICATED');
      t.match(answer.headers['www-authenticate'], /^Bearer/);
    }
    const good = `Bearer ${await sign('HS256', 'a secret of the test suite, long enough')}`;
    const me = await call(null, 'GET', '/v1/me', undefined, { authorization: good });
    t.same(me.json().roles, ['session_manager'], 'roles come from the database, not from the token');
  },
);

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
