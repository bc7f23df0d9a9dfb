import { newId } from '@mentorline/store';
import t from 'tap';
import { requestHash } from '../../src/http/request-hash.ts';
import { openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const ADMIN = 'admin@example.org';
const DAY_MS = 24 * 3_600_000;
const FILE =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
  'Create,One,A talk,Public,asha.rao@example.org,,14-06-2027,IST,15:00,60,Teachers,Communication,English\n';

const { call, clock, store, users, log } = await openGateway(t);
const keys = store.connection.collection('idempotencyKeys');
const count = (name: string) => store.connection.collection(name).countDocuments();
const withKey = (key: string) => ({ 'idempotency-key': key });
const create = (key: string, body: object, email = MANAGER) =>
  call(email, 'POST', '/v1/sessions', body, withKey(key));
const upload = (key: string, file: string, query = '', email = MANAGER) =>
  call(email, 'POST', `/v1/imports${query}`, file, { ...withKey(key), 'content-type': 'text/csv' });

let day = 1;
/** A session that no other test's is in the way of. */
const fresh = () => {
  day += 1;
  return sessionBody({ start: new Date(Date.UTC(2027, 6, day, 9)).toISOString() });
};

t.test('the same key and body make nothing a second time; the first answer comes again', async (t) => {
  const { start, ...rest } = fresh();
  const before = await count('sessions');
  const first = await create('key-1', { start, ...rest });
  t.equal(first.statusCode, 201);
  t.notOk(first.headers['idempotency-replayed']);
  const { id } = first.json();
  await store.connection.collection('sessions').updateMany({}, { $set: { title: 'Changed since' } });
  for (const body of [
    { start, ...rest },
    { ...rest, start },
  ]) {
    const again = await create('key-1', body);
    t.equal(again.statusCode, 201);
    t.equal(again.headers['idempotency-replayed'], 'true');
    t.same(again.json(), first.json(), 'in whatever order its members stand, and whatever has changed since');
    t.equal(again.headers.location, `/v1/sessions/${id}`);
    t.equal(again.headers.etag, first.headers.etag);
    t.equal(again.headers['content-type'], first.headers['content-type']);
  }
  t.equal(await count('sessions'), before + 1);
});

t.test('the same key with another body, or for another call, is refused', async (t) => {
  const body = fresh();
  await create('key-2', body);
  for (const answer of [await create('key-2', { ...body, title: 'Another' }), await upload('key-2', FILE)]) {
    t.equal(answer.statusCode, 422);
    t.equal(answer.json().code, 'IDEMPOTENCY_KEY_REUSED');
  }
});

t.test(
  'keys of different people, and requests without one, have nothing to do with each other',
  async (t) => {
    const answers = [
      await create('key-3', fresh()),
      await create('key-3', fresh(), ADMIN),
      await call(MANAGER, 'POST', '/v1/sessions', fresh()),
    ];
    t.same(
      answers.map(({ statusCode }) => statusCode),
      [201, 201, 201],
    );
  },
);

t.test('of many requests at once one does the work', async (t) => {
  const before = await count('sessions');
  const body = fresh();
  const answers = await Promise.all(Array.from({ length: 10 }, () => create('key-4', body)));
  const created = answers.filter(({ statusCode }) => statusCode === 201);
  const waiting = answers.filter(({ statusCode }) => statusCode === 409);
  t.equal(created.length + waiting.length, 10);
  t.equal(new Set(created.map((answer) => answer.json().id)).size, 1);
  t.equal(created.filter(({ headers }) => !headers['idempotency-replayed']).length, 1);
  for (const answer of waiting) {
    t.equal(answer.json().code, 'IDEMPOTENCY_IN_FLIGHT');
    t.equal(answer.headers['retry-after'], '1');
  }
  t.equal(await count('sessions'), before + 1);
});

t.test('a request that failed gives its key back', async (t) => {
  const body = fresh();
  const invalid = await create('key-5', { ...body, title: '' });
  t.equal(invalid.statusCode, 422);
  t.equal((await create('key-5', { ...body, mentor: 'nobody@example.org' })).statusCode, 422);
  t.equal((await create('key-5', body)).statusCode, 201);
});

t.test('a request that died with nothing done does not block its key', async (t) => {
  const body = fresh();
  const { id: userId, organisationId } = users.get(MANAGER)!;
  const died = {
    ...{ organisationId, userId, key: 'key-6', owner: newId(), at: clock.now },
    bodyHash: requestHash({ method: 'POST', url: '/v1/sessions', body }),
  };
  await store.idempotency.claimKey({ ...died, leaseMs: 60_000 });
  t.equal((await create('key-6', body)).statusCode, 409, 'while it may still be alive');
  await keys.updateOne({ key: 'key-6' }, { $set: { leaseUntil: new Date(0) } });
  t.equal((await create('key-6', { ...body, title: 'Another' })).statusCode, 422);
  const answer = await create('key-6', body);
  t.equal(answer.statusCode, 201);
  t.notOk(answer.headers['idempotency-replayed']);
});

t.test(
  'a request that died with its work done, but before its answer was kept, is answered for',
  async (t) => {
    const body = fresh();
    const first = await create('key-7', body);
    const before = await count('sessions');
    await keys.updateOne({ key: 'key-7' }, { $set: { response: null, leaseUntil: new Date(0) } });
    const again = await create('key-7', body);
    t.equal(again.statusCode, 201);
    t.equal(again.headers['idempotency-replayed'], 'true');
    t.same(again.json(), first.json());
    t.match(again.headers, { location: first.headers.location, etag: first.headers.etag });
    t.equal(await count('sessions'), before);
  },
);

t.test('a request that stood still until another took its key over does nothing', async (t) => {
  const { id: userId, organisationId } = users.get(MANAGER)!;
  const at = clock.now;
  const claim = (owner: string, leaseMs: number) =>
    store.idempotency.claimKey({ organisationId, userId, key: 'key-8', bodyHash: 'x', owner, leaseMs, at });
  const slow = await claim(newId(), -1);
  const next = await claim(newId(), 60_000);
  if (slow.outcome !== 'claimed' || next.outcome !== 'claimed') return t.fail('both had it');
  const actor = { organisationId, userId, email: MANAGER, address: '::1', requestId: 'r' };
  const target = { kind: 'session', id: newId() };
  const write = (by: typeof slow.claim) =>
    store.transaction((transaction) =>
      store.audit.noteWrite(transaction, { ...actor, claim: by }, { at, action: 'session.created', target }),
    );
  await t.rejects(write(slow.claim), { code: 'IDEMPOTENCY_IN_FLIGHT' });
  t.equal(await store.connection.collection('auditLog').countDocuments({ 'target.id': target.id }), 0);
  await write(next.claim);
  t.match(await keys.findOne({ key: 'key-8' }), { state: 'done', targetId: target.id });
});

t.test('a key is forgotten after a day', async (t) => {
  await create('key-9', fresh());
  clock.now = new Date(clock.now.getTime() + DAY_MS);
  const answer = await create('key-9', fresh());
  t.equal(answer.statusCode, 201);
  t.notOk(answer.headers['idempotency-replayed']);
  const indexes = await keys.indexes();
  t.ok(indexes.some(({ expireAfterSeconds }) => expireAfterSeconds === 0));
});

t.test('a key that is none is refused', async (t) => {
  for (const key of ['', 'with a space', 'x'.repeat(256)]) {
    const answer = await create(key, fresh());
    t.equal(answer.statusCode, 422, key);
    t.match(answer.json().errors, [{ pointer: '/idempotency-key', code: 'FIELD_INVALID' }]);
  }
  const operator = await create('$where', fresh());
  t.equal(operator.statusCode, 201);
  t.equal((await keys.findOne({ key: '$where' }))?.state, 'done');
});

t.test('an upload under a used key brings no second import, and leaves no second file', async (t) => {
  const first = await upload('file-1', FILE);
  t.equal(first.statusCode, 202);
  const files = await count('files.files');
  const imports = await count('imports');
  const again = await upload('file-1', FILE);
  t.equal(again.statusCode, 202);
  t.equal(again.headers['idempotency-replayed'], 'true');
  t.equal(again.headers.location, first.headers.location);
  t.same(again.json(), first.json());
  for (const other of [await upload('file-1', `${FILE}\n`), await upload('file-1', FILE, '?mode=check')]) {
    t.match([other.statusCode, other.json().code], [422, 'IDEMPOTENCY_KEY_REUSED']);
  }
  await keys.updateOne({ key: 'file-1' }, { $set: { response: null } });
  const afterCrash = await upload('file-1', FILE);
  t.match(afterCrash.json(), { id: first.json().id, status: 'queued' });
  t.equal(await count('files.files'), files);
  t.equal(await count('imports'), imports);
});

t.test('of many uploads at once one is accepted', async (t) => {
  const imports = await count('imports');
  const answers = await Promise.all(Array.from({ length: 6 }, () => upload('file-2', FILE)));
  const accepted = answers.filter(({ statusCode }) => statusCode === 202);
  t.ok(accepted.length >= 1);
  t.ok(answers.every(({ statusCode }) => statusCode === 202 || statusCode === 409));
  t.equal(new Set(accepted.map((answer) => answer.json().id)).size, 1);
  t.equal(await count('imports'), imports + 1);
});

t.test('an upload that is refused gives its key back', async (t) => {
  t.equal((await upload('file-3', 'no,such,header\n')).statusCode, 422);
  t.equal((await upload('file-3', FILE)).statusCode, 202);
});

t.test('an undo takes a key too', async (t) => {
  const { id } = (await upload('file-4', FILE)).json();
  const imports = store.connection.collection('imports');
  const { ObjectId } = store.connection.base.Types;
  await imports.updateOne(
    { _id: new ObjectId(id as string) },
    { $set: { status: 'completed', finishedAt: clock.now } },
  );
  const undo = () => call(MANAGER, 'POST', `/v1/imports/${id}/undo`, undefined, withKey('undo-1'));
  const first = await undo();
  t.equal(first.statusCode, 202);
  t.same((await undo()).json(), first.json());
  t.equal(await imports.countDocuments({ kind: 'undo' }), 1);
});

t.test('nothing of it is logged as a fault', async (t) => {
  t.same(
    log.filter((line) => line.includes('could not be kept')),
    [],
  );
});
