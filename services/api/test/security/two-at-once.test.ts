import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';
import { IMAGES } from '../sessions/images.ts';

const gateway = await openGateway(t);
const { call, client, store, users } = gateway;
const ADMIN = 'admin@example.org';
const MANAGER = 'manager@example.org';
const MEERA = 'meera.iyer@example.org';
const TIMES = 6;

/** The same call, several times at the same moment. @returns how often each status was answered */
async function atOnce<Answer extends { statusCode: number }>(ask: (n: number) => Promise<Answer>) {
  const answers = await Promise.all(Array.from({ length: TIMES }, (_, n) => ask(n)));
  const count = (status: number) => answers.filter(({ statusCode }) => statusCode === status).length;
  return { answers, count };
}
const mailedTokens = async (): Promise<string[]> => {
  const mails = await store.connection.collection('mails').find().sort({ _id: 1 }).toArray();
  return mails.flatMap(({ account }) => account?.token ?? []);
};

t.test('one address becomes one user, with one invitation that is good', async (t) => {
  const person = { name: 'Nisha Verma', email: 'nisha@example.org', roles: ['mentee'] };
  const made = await atOnce(() => call(ADMIN, 'POST', '/v1/users', person));
  t.same([made.count(201), made.count(409)], [1, TIMES - 1]);
  const { id } = made.answers.find(({ statusCode }) => statusCode === 201)!.json();
  const invited = await atOnce(() => call(ADMIN, 'POST', `/v1/users/${id}/invitation`));
  t.equal(invited.count(202), TIMES);
  const tokens = await mailedTokens();
  const password = 'correct horse battery staple';
  const set = await Promise.all(
    tokens.map((token) => call(null, 'POST', '/v1/auth/password-reset/confirm', { token, password })),
  );
  t.same(set.map(({ statusCode }) => statusCode).filter((status) => status === 204).length, 1);
});

t.test('one version is changed once', async (t) => {
  const { id } = (await call(MANAGER, 'POST', '/v1/sessions', sessionBody())).json();
  const match = { 'if-match': '"1"' };
  const edits = await atOnce((n) => call(MANAGER, 'PATCH', `/v1/sessions/${id}`, { title: `T${n}` }, match));
  t.same([edits.count(200), edits.count(412)], [1, TIMES - 1]);
  const organisation = await call(ADMIN, 'GET', '/v1/organisation');
  const header = { 'if-match': organisation.headers.etag as string };
  const settings = await atOnce((n) =>
    call(ADMIN, 'PATCH', '/v1/organisation', { settings: { enrolmentLimit: 10 + n } }, header),
  );
  t.same([settings.count(200), settings.count(412)], [1, TIMES - 1]);
  const image = new Blob([new Uint8Array(IMAGES.jpeg)]);
  const images = await atOnce(async () => {
    const put = { params: { path: { id } }, body: { image } };
    const { response } = await client(MANAGER).PUT('/v1/sessions/{id}/image', put);
    return { statusCode: response.status };
  });
  t.same([images.count(201), images.count(200)], [1, TIMES - 1]);
  t.equal(await store.connection.collection('files.files').countDocuments(), 1, 'no picture is left over');
  const seat = `/v1/sessions/${id}/mentees/${users.get(MEERA)!.id}`;
  const seats = await atOnce(() => call(MEERA, 'PUT', seat));
  t.same([seats.count(201), seats.count(200)], [1, TIMES - 1]);
  const cancelled = await atOnce(() => call(MANAGER, 'DELETE', `/v1/sessions/${id}`));
  t.equal(cancelled.count(204), TIMES);
  const audited = await store.connection
    .collection('auditLog')
    .countDocuments({ action: 'session.cancelled' });
  t.equal(audited, 1, 'it is cancelled once');
});
