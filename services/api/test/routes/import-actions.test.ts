import { NO_ROWS } from '@mentorline/store';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const ADMIN = 'admin@example.org';
const STRANGER = 'manager@other.example.net';
const CSV = { 'content-type': 'text/csv' };
const FILE =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
  'Create,One,A talk,Public,asha.rao@example.org,,14-06-2027,IST,15:00,60,Teachers,Communication,English\n';

const { call, store, users, deps, clock } = await openGateway(t, {
  env: { MAIL_DOMAIN: 'mail.example.org' },
});
const { ObjectId } = store.connection.base.Types;
const upload = async (query = '') =>
  (await call(MANAGER, 'POST', `/v1/imports${query}`, FILE, CSV)).json().id as string;
const change = (id: string, set: object) =>
  store.connection.collection('imports').updateOne({ _id: new ObjectId(id) }, { $set: set });
const ended = { finishedAt: clock.now, rows: { ...NO_ROWS, published: 1 } };
const cancel = (id: string, email: string | null = MANAGER) =>
  call(email, 'POST', `/v1/imports/${id}/cancel`);
const undo = (id: string, email: string | null = MANAGER) => call(email, 'POST', `/v1/imports/${id}/undo`);

t.test('an import that nobody has begun is cancelled by whichever importer is free', async (t) => {
  const id = await upload();
  const answer = await cancel(id);
  t.equal(answer.statusCode, 202);
  t.match(answer.json(), { id, status: 'queued', cancelRequestedAt: '2027-06-01T00:00:00Z' });
  await change(id, { status: 'cancelled', cancelRequestedAt: clock.now, ...ended });
  const again = await cancel(id);
  t.match([again.statusCode, again.json().status], [202, 'cancelled'], 'asked after its end');
});

t.test('one that runs is asked to stop, once, by whichever manager', async (t) => {
  const id = await upload();
  await change(id, { status: 'applying', rowsTotal: 4, startedAt: clock.now });
  const first = await cancel(id, ADMIN);
  t.equal(first.statusCode, 202);
  t.match(first.json(), { status: 'applying', cancelRequestedAt: '2027-06-01T00:00:00Z' });
  clock.now = new Date(clock.now.getTime() + 1000);
  t.match((await cancel(id)).json(), { status: 'applying', cancelRequestedAt: '2027-06-01T00:00:00Z' });
});

t.test('what has come to another end is not cancelled', async (t) => {
  for (const status of ['completed', 'failed']) {
    const id = await upload();
    await change(id, { status, ...ended });
    const answer = await cancel(id);
    t.match([answer.statusCode, answer.json().code], [409, 'IMPORT_ENDED'], status);
  }
});

t.test('an import of sessions that has ended is undone by an import of its own', async (t) => {
  for (const status of ['completed', 'cancelled']) {
    const id = await upload('?fileName=June.csv');
    await change(id, { status, ...ended });
    const answer = await undo(id, ADMIN);
    t.equal(answer.statusCode, 202);
    const accepted = answer.json();
    t.not(accepted.id, id);
    t.equal(answer.headers.location, `/v1/imports/${accepted.id}`);
    t.match(accepted, {
      kind: 'undo',
      undoes: id,
      status: 'queued',
      uploadedBy: { id: users.get(ADMIN)!.id },
      finishedAt: null,
    });
    t.match((await call(MANAGER, 'GET', `/v1/imports/${accepted.id}`)).json(), { undoes: id });
    const source = await call(MANAGER, 'GET', `/v1/imports/${accepted.id}/source.csv`);
    t.match([source.statusCode, source.json().detail], [404, /no file/]);
    const { connection } = deps.queues;
    const jobs = await connection.keys(`*${store.connection.name}*`);
    const calls = await Promise.all(
      jobs.filter((key) => /:\d+$/.test(key)).map((key) => connection.hget(key, 'data')),
    );
    t.ok(
      calls.some((data) => data?.includes(accepted.id)),
      'it calls for a worker',
    );
  }
});

t.test('what cannot be undone is told why', async (t) => {
  for (const [set, detail] of [
    [{ status: 'applying' }, /still running/],
    [{ status: 'failed', ...ended }, /failed/],
    [{ status: 'completed', mode: 'check', ...ended }, /only checked/],
    [{ status: 'completed', kind: 'users', ...ended }, /users/],
    [{ status: 'completed', kind: 'undo', ...ended }, /undoes another/],
  ] as const) {
    const id = await upload();
    await change(id, set);
    const answer = await undo(id, ADMIN);
    t.match([answer.statusCode, answer.json()], [409, { code: 'UNDO_NOT_POSSIBLE', detail }]);
  }
});

t.test("another organisation's manager finds nothing of it, and other roles may not act", async (t) => {
  const id = await upload();
  for (const act of [cancel, undo]) {
    t.equal((await act(id, STRANGER)).statusCode, 404);
    t.equal((await act(id, 'asha.rao@example.org')).statusCode, 403);
    t.equal((await act(id, null)).statusCode, 401);
    t.equal((await act('0'.repeat(24))).statusCode, 404);
  }
  const body = await call(MANAGER, 'POST', `/v1/imports/${id}/cancel`, {});
  t.equal(body.statusCode, 202, 'an empty body does no harm');
});

t.test('a report whose mail failed for good is mailed again', async (t) => {
  const id = await upload();
  const retry = () => call(MANAGER, 'POST', `/v1/imports/${id}/mail/retry`);
  const { status, code, detail } = (await retry()).json();
  t.match([status, code, detail], [409, 'MAIL_NOT_FAILED', /still running/]);
  const found = (await store.imports.findImport(id))!;
  const mailId = await store.transaction((transaction) =>
    store.mails.addReportMail(transaction, found, 'mail.example.org'),
  );
  await change(id, { status: 'completed', mailId: new ObjectId(mailId), ...ended });
  await store.mails.claimMail(mailId, 'notifier', 60_000);
  const failure = { status: 'failed', error: 'the address is suppressed', suppressed: true } as const;
  await store.mails.settleMail(mailId, 'notifier', failure);
  const shown = (await call(MANAGER, 'GET', `/v1/imports/${id}`)).json();
  t.match(shown.mail, { status: 'failed', suppressed: true, sentAt: null });
  const again = await retry();
  t.equal(again.statusCode, 202);
  t.match(again.json(), {
    id,
    mail: { status: 'pending', suppressed: false, messageId: `<import-report.${id}@mail.example.org>` },
  });
  t.match((await retry()).json(), { status: 409, code: 'MAIL_NOT_FAILED' });
});
