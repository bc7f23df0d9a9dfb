import { randomBytes } from 'node:crypto';
import { setup } from '@mentorline/testkit';
import t from 'tap';
import { runAdminCommand } from '../src/admin-commands.ts';
import { openGateway } from './open-gateway.ts';

const MANAGER = 'manager@example.org';
const canary = () => `canary-${randomBytes(9).toString('hex')}`;

t.test('neither a password nor a token ever reaches the log, whatever becomes of the request', async (t) => {
  const { call, log, password, store } = await openGateway(t, { env: { LOG_LEVEL: 'trace' } });
  const secrets: string[] = [password];
  const secret = (): string => {
    const made = canary();
    secrets.push(made);
    return made;
  };
  const post = (url: string, body: unknown, headers = {}) => call(null, 'POST', url, body, headers);
  const json = { 'content-type': 'application/json' };

  const session = (await post('/v1/auth/login', { email: MANAGER, password })).json();
  secrets.push(session.accessToken, session.refreshToken);
  const refreshed = (await post('/v1/auth/refresh', { refreshToken: session.refreshToken })).json();
  secrets.push(refreshed.accessToken, refreshed.refreshToken);
  const bearer = { authorization: `Bearer ${refreshed.accessToken}` };
  const basic = (name: string, word: string) => {
    const credentials = Buffer.from(`${name}:${word}`).toString('base64');
    secrets.push(credentials);
    return { authorization: `Basic ${credentials}` };
  };

  await post('/v1/auth/login', { email: MANAGER, password: secret() });
  await post('/v1/auth/login', { email: MANAGER, password: secret(), extra: secret() });
  await post('/v1/auth/login', `{"email":"${MANAGER}","password":"${secret()}`, json);
  await post('/v1/auth/login', { email: { $ne: '' }, password: { $gt: secret() } });
  await post(`/v1/auth/login?password=${secret()}`, { email: MANAGER, password });
  await post('/v1/auth/refresh', { refreshToken: secret() });
  await post('/v1/auth/logout', { refreshToken: secret() });
  await post('/v1/auth/password-reset', { email: MANAGER });
  const mail = await store.connection.collection('mails').findOne({ kind: 'password-reset' });
  const { token } = mail?.account ?? {};
  secrets.push(token);
  await post('/v1/auth/password-reset/confirm', { token: secret(), password: secret() });
  await call(null, 'GET', '/v1/me', undefined, { authorization: `Bearer ${secret()}` });
  await call(null, 'GET', '/v1/me', undefined, { authorization: secret(), cookie: secret() });
  await call(null, 'GET', `/v1/me?access_token=${secret()}`, undefined, bearer);
  await call(null, 'GET', '/v1/sessions.csv', undefined, basic(MANAGER, secret()));
  await call(null, 'GET', '/v1/sessions.csv', undefined, basic(MANAGER, password));
  await call(null, 'PUT', '/v1/me/password', { currentPassword: secret(), newPassword: secret() }, bearer);
  await call(null, 'PUT', '/v1/me/password', { currentPassword: password, newPassword: 'x' }, bearer);
  // What is not foreseen is logged with its error.
  const organisations = store.connection.collection('organisations');
  const kept = await organisations.find().toArray();
  await organisations.deleteMany({});
  t.equal((await post('/v1/auth/login', { email: MANAGER, password })).statusCode, 500);
  await organisations.insertMany(kept);
  const changed = secret();
  t.equal((await post('/v1/auth/password-reset/confirm', { token, password: changed })).statusCode, 204);
  t.equal((await post('/v1/auth/login', { email: MANAGER, password: changed })).statusCode, 200);

  const text = log.join('');
  t.match(text, /"route":"\/v1\/auth\/password-reset\/confirm"/);
  t.match(text, /request failed/);
  for (const word of secrets) t.notOk(text.includes(word), word);
  t.notMatch(text, /eyJ|scrypt\$|Bearer |Basic /);
});

t.test('a password that an operator sets ends every sign-in from before', async (t) => {
  const { store, users } = await setup(t);
  const { id } = users.get(MANAGER)!;
  const expiresAt = new Date(Date.now() + 60_000);
  await store.transaction((transaction) =>
    store.refreshTokens.startFamily(transaction, { userId: id, hash: 'h', client: 'c', expiresAt }),
  );
  await runAdminCommand({ store, say: () => {} }, 'set-password', ['--email', MANAGER]);
  t.equal(await store.connection.collection('refreshTokens').countDocuments(), 0);
  t.equal((await store.users.findUser(id))?.credentialsVersion, 1);
});
