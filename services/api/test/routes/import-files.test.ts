import { hashPassword } from '@mentorline/runtime';
import { NO_ROWS, newId } from '@mentorline/store';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const { call, store, users, password } = await openGateway(t);
const MANAGER = 'manager@example.org';
const FILE = 'title\n';
const SOME_ID = '0123456789abcdef01234567';
const FILES = [
  '/v1/imports/sample.csv',
  `/v1/imports/${SOME_ID}/report.csv`,
  `/v1/imports/${SOME_ID}/corrections.csv`,
  `/v1/imports/${SOME_ID}/source.csv`,
];
const basic = (email: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${email}:${secret}`).toString('base64')}`,
});
const get = (path: string, headers?: Record<string, string>) => call(null, 'GET', path, undefined, headers);
// Each in a line of its own, as browsers look only at the start of one.
const CHALLENGES = ['Bearer realm="mentorline"', 'Basic realm="mentorline", charset="UTF-8"'];

t.test('a browser that opens the link of a file asks for name and password', async (t) => {
  for (const path of FILES) {
    const answer = await get(path);
    t.equal(answer.statusCode, 401, path);
    t.same(answer.headers['www-authenticate'], CHALLENGES);
    t.equal(answer.json().code, 'UNAUTHENTICATED');
  }
});

t.test('e-mail and password open a file, a token does too', async (t) => {
  const sample = await get(FILES[0]!, basic(MANAGER, password));
  t.equal(sample.statusCode, 200);
  t.match(sample.headers, { 'content-type': /^text\/csv/, 'cache-control': 'private, no-store' });
  t.equal((await call(MANAGER, 'GET', FILES[0]!)).statusCode, 200);
  t.equal(
    (await call(null, 'GET', FILES[0]!, undefined, basic(' Manager@Example.org ', password))).statusCode,
    200,
  );

  const { organisationId } = users.get(MANAGER)!;
  const { id: fileId, sizeBytes } = await store.files.writeFile('report.csv', {}, [Buffer.from(FILE)]);
  const { ObjectId } = store.connection.base.Types;
  const accepted = await call(
    MANAGER,
    'POST',
    '/v1/imports',
    (await call(MANAGER, 'GET', FILES[0]!)).rawPayload,
    { 'content-type': 'text/csv' },
  );
  const { id } = accepted.json();
  await store.connection.collection('imports').updateOne(
    { _id: new ObjectId(id), organisationId: new ObjectId(organisationId) },
    {
      $set: {
        status: 'completed',
        finishedAt: new Date(),
        report: { fileId: new ObjectId(fileId), sizeBytes },
      },
    },
  );
  const report = await get(`/v1/imports/${id}/report.csv`, basic(MANAGER, password));
  t.match([report.statusCode, report.body], [200, FILE]);
  const foreign = await get(`/v1/imports/${id}/report.csv`, basic('manager@other.example.net', password));
  t.equal(foreign.statusCode, 404);
  const asha = await get(`/v1/imports/${id}/report.csv`, basic('asha.rao@example.org', password));
  t.equal(asha.statusCode, 403);
});

t.test('an import that failed on its way has a report all the same, row by row', async (t) => {
  const sample = (await call(MANAGER, 'GET', FILES[0]!)).rawPayload;
  const { id } = (await call(MANAGER, 'POST', '/v1/imports', sample, { 'content-type': 'text/csv' })).json();
  const { imports, shards, results } = store;
  const pool = store.openTransactionPool(1);
  t.teardown(() => pool.close());
  const owner = newId();
  await imports.claimImport(id, owner, 60_000, pool);
  await imports.moveImport(id, owner, { from: 'queued', to: 'staging' }, {});
  const lines = sample.toString('utf8').trim().split('\r\n').length - 1;
  await imports.beginApplying(pool, id, owner, { rowsTotal: lines, landmarks: [], partitions: 2, shards: 1 });
  const second = {
    row: 2,
    action: 'Create',
    status: 'Published',
    sessionId: SOME_ID,
    note: '',
    errors: [],
  } as const;
  await store.transaction(async (transaction) => {
    const counts = { ...NO_ROWS, published: 1 };
    await shards.advanceCheckpoint(transaction, { importId: id, partition: 1, from: 0, to: 2, counts });
    const rows = [{ ...second, cells: ['as uploaded'] }];
    await results.insertResults(transaction, { importId: id, partition: 1, rows });
  });
  const failure = { code: 'INTERNAL_ERROR', message: 'A fault', row: null };
  const rows = { ...NO_ROWS, published: 1, unprocessed: lines - 1 };
  await imports.moveImport(id, owner, { from: 'applying', to: 'failed' }, { failure, rows });
  const report = await call(MANAGER, 'GET', `/v1/imports/${id}/report.csv`);
  t.equal(report.statusCode, 200, report.body);
  const told = report.body.trim().split('\r\n').slice(1);
  t.equal(told.length, lines);
  t.match(told[0], /,1,Unprocessed,The import failed before it came to this row$/);
  t.match(told[1], new RegExp(`as uploaded.*${SOME_ID}.*,2,Published`));
  t.match(told.at(-1), /Unprocessed/);
});

t.test('the uploaded file comes back byte by byte, whatever becomes of the import', async (t) => {
  const sample = (await call(MANAGER, 'GET', FILES[0]!)).rawPayload.toString('utf8').replace(/^\ufeff/, '');
  const file = Buffer.from(`\ufeff${sample}`, 'utf16le');
  const headers = { 'content-type': 'text/csv' };
  const { id } = (await call(MANAGER, 'POST', '/v1/imports?fileName=June 1.csv', file, headers)).json();
  const answer = await get(`/v1/imports/${id}/source.csv`, basic(MANAGER, password));
  t.equal(answer.statusCode, 200);
  t.ok(answer.rawPayload.equals(file));
  t.match(answer.headers, {
    'content-type': 'text/csv; charset=utf-16le',
    'content-length': String(file.length),
    'content-disposition': /^attachment; filename="June_1\.csv"/,
  });
  const foreign = await get(`/v1/imports/${id}/source.csv`, basic('manager@other.example.net', password));
  t.equal(foreign.statusCode, 404);
});

t.test('passwords are read as UTF-8, colons and all', async (t) => {
  const secret = 'पासवर्ड: ключ:é';
  await store.users.setPassword(users.get('admin@example.org')!.id, await hashPassword(secret));
  t.equal((await get(FILES[0]!, basic('admin@example.org', secret))).statusCode, 200);
});

t.test('wrong, unknown, inactive and damaged credentials get the same answer', async (t) => {
  const inactive = 'arjun.nair@example.org';
  await store.connection.collection('users').updateOne({ email: inactive }, { $set: { active: false } });
  for (const headers of [
    basic(MANAGER, 'wrong'),
    basic('nobody@example.org', password),
    basic(inactive, password),
    basic(MANAGER, ''),
    basic('', password),
    basic(MANAGER, 'x'.repeat(1025)),
    { authorization: `Basic ${Buffer.from(MANAGER).toString('base64')}` },
    { authorization: 'Basic %%%' },
  ]) {
    const answer = await get(FILES[0]!, headers);
    t.equal(answer.statusCode, 401, headers.authorization);
    t.equal(answer.json().code, 'CREDENTIALS_INVALID');
    t.same(answer.headers['www-authenticate'], CHALLENGES);
  }
});

t.test('a password opens nothing but what mails link to: files, and an import itself', async (t) => {
  t.equal((await get(`/v1/imports/${SOME_ID}`, basic(MANAGER, password))).statusCode, 404);
  t.equal((await get(`/v1/imports/${SOME_ID}`, basic(MANAGER, 'guessed'))).statusCode, 401);
  for (const path of ['/v1/me', '/v1/sessions', '/v1/imports', `/v1/imports/${SOME_ID}/rows`]) {
    const answer = await get(path, basic(MANAGER, password));
    t.equal(answer.statusCode, 401, path);
    t.equal(answer.json().code, 'UNAUTHENTICATED');
    t.equal(answer.headers['www-authenticate'], 'Bearer realm="mentorline"');
  }
  const sent = await call(null, 'POST', '/v1/imports', FILE, {
    'content-type': 'text/csv',
    ...basic(MANAGER, password),
  });
  t.equal(sent.statusCode, 401);
});
