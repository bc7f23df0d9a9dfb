import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const SECRET = 'a secret of the test suite, long enough';
const MANAGER = 'manager@example.org';
const ISSUER = 'https://login.example.org/realm';
const AUDIENCE = 'mentorline-gateway';

const own = await generateKeyPair('RS256', { extractable: true });
const elliptic = await generateKeyPair('ES256', { extractable: true });
const foreign = await generateKeyPair('RS256', { extractable: true });
const jwks = {
  keys: [
    { ...(await exportJWK(own.publicKey)), kid: 'rs', use: 'sig' },
    { ...(await exportJWK(elliptic.publicKey)), kid: 'es', use: 'sig' },
  ],
};
let providerAnswers = true;
const provider = createServer((_request, response) => {
  if (!providerAnswers) response.writeHead(500).end();
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(jwks));
}).listen(0, '127.0.0.1');
await once(provider, 'listening');
t.teardown(() => provider.close());
const JWKS_URL = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks`;
const env = { JWKS_URL, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE };

const gateway = await openGateway(t, { env });
const { call, clock, users, store } = gateway;
const manager = users.get(MANAGER)!;

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const bytes = (text: string) => new TextEncoder().encode(text);
const inAMinute = () => Math.floor(clock.now.getTime() / 1000) + 60;
const me = (token: string) => call(null, 'GET', '/v1/me', undefined, { authorization: `Bearer ${token}` });

const kid = createHash('sha256').update(`mentorline key id ${SECRET}`).digest('base64url').slice(0, 12);
const OWN_HEADER = { alg: 'HS256', typ: 'at+jwt', kid };
const ownClaims = () => ({
  ...{ sub: manager.id, org: manager.organisationId, roles: ['org_admin'], ver: 0 },
  ...{ iss: 'mentorline', aud: 'mentorline', exp: inAMinute() },
});
const signOwn = (claims: object, header: object = OWN_HEADER, secret = SECRET) =>
  new SignJWT(claims as never).setProtectedHeader(header as never).sign(bytes(secret));

const provided = () => ({
  ...{ sub: 'idp-17', email: MANAGER, email_verified: true },
  ...{ iss: ISSUER, aud: AUDIENCE, exp: inAMinute() },
});
const signProvided = (
  claims: object,
  key: CryptoKey = own.privateKey,
  header: object = { alg: 'RS256', kid: 'rs' },
) => new SignJWT(claims as never).setProtectedHeader(header as never).sign(key);

t.test('a token of our own is taken, with the roles of the database', async (t) => {
  const answer = await me(await signOwn(ownClaims()));
  t.equal(answer.statusCode, 200);
  t.same(answer.json().roles, ['session_manager']);
});

t.test('a token of the provider is taken for whoever has the verified address', async (t) => {
  for (const token of [
    await signProvided(provided()),
    await signProvided({ ...provided(), email: ' Manager@Example.org ' }),
    await signProvided({ ...provided(), aud: ['account', AUDIENCE] }),
    await signProvided(provided(), elliptic.privateKey, { alg: 'ES256', kid: 'es' }),
  ]) {
    const answer = await me(token);
    t.equal(answer.statusCode, 200);
    t.equal(answer.json().email, MANAGER);
  }
});

t.test('no other token of our own kind is taken', async (t) => {
  const { exp: _exp, ...endless } = ownClaims();
  const { ver: _ver, ...unversioned } = ownClaims();
  const stranger = users.get('manager@other.example.net')!;
  const attacks: Record<string, string> = {
    'no algorithm': `${part({ ...OWN_HEADER, alg: 'none' })}.${part(ownClaims())}.`,
    'no algorithm, in capitals': `${part({ ...OWN_HEADER, alg: 'NONE' })}.${part(ownClaims())}.`,
    'another key': await signOwn(ownClaims(), OWN_HEADER, 'another secret, just as long as ours is'),
    'another algorithm': await signOwn(ownClaims(), { ...OWN_HEADER, alg: 'HS512' }, SECRET.repeat(2)),
    'no end': await signOwn(endless),
    'no version': await signOwn(unversioned),
    'another issuer': await signOwn({ ...ownClaims(), iss: ISSUER }),
    'another audience': await signOwn({ ...ownClaims(), aud: 'somebody-else' }),
    'a list of audiences, ours among them': await signOwn({ ...ownClaims(), aud: ['mentorline', 'other'] }),
    'another type': await signOwn(ownClaims(), { ...OWN_HEADER, typ: 'JWT' }),
    'another key id': await signOwn(ownClaims(), { ...OWN_HEADER, kid: 'rs' }),
    'not yet valid': await signOwn({ ...ownClaims(), nbf: inAMinute() }),
    'another organisation': await signOwn({ ...ownClaims(), org: stranger.organisationId }),
    nobody: await signOwn({ ...ownClaims(), sub: '000000000000000000000000' }),
    'an operator for an id': await signOwn({ ...ownClaims(), sub: '{"$ne":""}' }),
    'an earlier version': await signOwn({ ...ownClaims(), ver: -1 }),
    'a changed body': (await signOwn(ownClaims())).replace(
      /\.[^.]+\./,
      `.${part({ ...ownClaims(), ver: 1 })}.`,
    ),
  };
  const critical = part({ ...OWN_HEADER, crit: ['x'], x: 1 });
  const [, body, signature] = (await signOwn(ownClaims())).split('.');
  attacks['an unknown critical header'] = `${critical}.${body}.${signature}`;
  attacks['a critical header, signed'] = await new SignJWT(ownClaims())
    .setProtectedHeader({ ...OWN_HEADER, crit: ['x'], x: 1 } as never)
    .sign(bytes(SECRET), { crit: { x: true } });
  for (const [attack, token] of Object.entries(attacks)) {
    const answer = await me(token);
    t.equal(answer.statusCode, 401, attack);
    t.equal(answer.json().code, 'UNAUTHENTICATED');
    t.match(answer.headers['www-authenticate'], /^Bearer/);
  }
});

t.test('no other token of the provider’s kind is taken', async (t) => {
  const { exp: _exp, ...endless } = provided();
  const { sub: _sub, ...unnamed } = provided();
  // The public key, taken for a shared secret: the classic confusion.
  const publicText = await exportSPKI(own.publicKey);
  const confused = (secret: string, header: object) =>
    new SignJWT(provided()).setProtectedHeader(header as never).sign(bytes(secret));
  const attacks: Record<string, string> = {
    'no algorithm': `${part({ alg: 'none', kid: 'rs' })}.${part(provided())}.`,
    'the public key as a secret': await confused(publicText, { alg: 'HS256', kid: 'rs' }),
    'the modulus as a secret': await confused(String(jwks.keys[0]?.n), { alg: 'HS256', kid: 'rs' }),
    'our secret': await confused(SECRET, { alg: 'HS256', kid: 'rs' }),
    'our own claims, signed by the provider': await signProvided({ ...ownClaims() }),
    'the provider’s claims in a token of ours': await signOwn(provided()),
    'another key': await signProvided(provided(), foreign.privateKey),
    'an unknown key': await signProvided(provided(), foreign.privateKey, { alg: 'RS256', kid: 'unknown' }),
    'a key that the token brings': await signProvided(provided(), foreign.privateKey, {
      ...{ alg: 'RS256', jwk: await exportJWK(foreign.publicKey) },
    }),
    'an algorithm that is not allowed': await signProvided(provided(), own.privateKey, {
      alg: 'PS256',
      kid: 'rs',
    }).catch(() => 'x.y.z'),
    'no end': await signProvided(endless),
    'run out': await signProvided({ ...provided(), exp: inAMinute() - 120 }),
    'no subject': await signProvided(unnamed),
    'another issuer': await signProvided({ ...provided(), iss: 'https://evil.example.net' }),
    'another audience': await signProvided({ ...provided(), aud: 'another-client' }),
    'a list of other audiences': await signProvided({ ...provided(), aud: ['account', 'another-client'] }),
    'an address that is not verified': await signProvided({ ...provided(), email_verified: false }),
    'an address verified in words': await signProvided({ ...provided(), email_verified: 'true' }),
    'no address': await signProvided({ ...provided(), email: undefined }),
    'an operator for an address': await signProvided({ ...provided(), email: { $ne: '' } }),
    'nobody’s address': await signProvided({ ...provided(), email: 'nobody@example.org' }),
  };
  for (const [attack, token] of Object.entries(attacks)) {
    t.equal((await me(token)).statusCode, 401, attack);
  }
});

t.test('somebody who is no longer active is let in by neither', async (t) => {
  const email = 'arjun.nair@example.org';
  const tokens = [await gateway.token(email), await signProvided({ ...provided(), email })];
  for (const token of tokens) t.equal((await me(token)).statusCode, 200);
  await store.connection.collection('users').updateOne({ email }, { $set: { active: false } });
  for (const token of tokens) t.equal((await me(token)).statusCode, 401);
});

t.test('while the provider is away, its tokens are asked for again and ours are taken', async (t) => {
  providerAnswers = false;
  const { call, token } = await openGateway(t, { env });
  const ask = (bearer: string) =>
    call(null, 'GET', '/v1/me', undefined, { authorization: `Bearer ${bearer}` });
  const answer = await ask(await signProvided(provided()));
  t.equal(answer.statusCode, 503);
  t.ok(answer.headers['retry-after']);
  t.equal((await ask(await token(MANAGER))).statusCode, 200);
  providerAnswers = true;
  t.equal((await ask(await signProvided(provided()))).statusCode, 200);
});
