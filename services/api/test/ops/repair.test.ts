import { NO_ROWS, newId } from '@mentorline/store';
import { startOwnRedis, waitFor } from '@mentorline/testkit';
import t from 'tap';
import { CONTENT, LONG_MS, MANAGER, OBSERVER, OPERATOR, openOps } from './operators.ts';

t.test('a stuck import is taken away from its importer, which can do nothing to it any more', async (t) => {
  const { call, store, running, organisation } = await openOps(t);
  const { id, owner } = await running();
  const pool = store.openTransactionPool(1);
  t.teardown(() => pool.close());
  const shard = await store.shards.claimShard({ id, shards: 1 }, owner, LONG_MS, pool, { littleRows: 1 });
  const released = await call(OPERATOR, 'POST', `/v1/ops/imports/${id}/release`);
  t.equal(released.statusCode, 202, released.body);
  t.match(released.json().events.at(-1), { what: 'released', by: 'Farah Khan' });

  // The worker that had it has noticed nothing yet.
  t.equal(await store.imports.renewImportLease(id, owner, LONG_MS), false);
  t.equal(await store.shards.renewShard(shard!, owner, LONG_MS, 0), false);
  t.equal(await store.shards.finishShard(shard!, owner), false);
  t.equal(await store.imports.moveImport(id, owner, { from: 'applying', to: 'reporting' }, {}), false);
  t.equal(await store.turns.takeTurn(organisation.id, newId(), LONG_MS), true, 'and its place is free');

  const next = newId();
  t.match(await store.imports.claimImport(id, next, LONG_MS, pool), { attempts: 2, stalls: 0 });
  t.match(await store.shards.claimShard({ id, shards: 1 }, next, LONG_MS, pool, { littleRows: 1 }), {
    shard: 0,
  });
  const chunk = { importId: id, partition: 0, from: 0, to: 1, counts: NO_ROWS };
  const advance = () =>
    store.transaction((transaction) => store.shards.advanceCheckpoint(transaction, chunk));
  t.equal(await advance(), true);
  t.equal(await advance(), false, 'of the two only one moves the checkpoint');
});

t.test('what has ended is neither released nor cancelled; what has not is cancelled once', async (t) => {
  const { call, running, failed } = await openOps(t);
  const { id } = await failed('QUOTE_BROKEN');
  for (const act of ['release', 'cancel']) {
    const answer = await call(OPERATOR, 'POST', `/v1/ops/imports/${id}/${act}`);
    t.match([answer.statusCode, answer.json().code], [409, 'IMPORT_ENDED'], act);
  }
  const other = await running();
  for (const asked of ['once', 'again']) {
    const answer = await call(OPERATOR, 'POST', `/v1/ops/imports/${other.id}/cancel`);
    t.equal(answer.statusCode, 202, asked);
    t.type(answer.json().cancelRequestedAt, 'string');
  }
});

t.test('an import that gave up by a fault of ours is tried again, once, under its own rules', async (t) => {
  const { call, store, failed } = await openOps(t);
  const { id, settings, fileId } = await failed('INTERNAL_ERROR');
  const answer = await call(OPERATOR, 'POST', `/v1/ops/imports/${id}/retry`);
  t.equal(answer.statusCode, 202, answer.body);
  const retry = (await store.imports.findImport(answer.json().id))!;
  t.match(retry, { status: 'queued', settings, fileId, uploadedBy: { email: MANAGER } });
  t.equal(answer.headers.location, `/v1/ops/imports/${retry.id}`);
  t.match(answer.json().events[0], { text: `Accepted as a retry of ${id}, and queued`, by: 'Farah Khan' });
  t.match((await call(OPERATOR, 'GET', `/v1/ops/imports/${id}`)).json(), { retriedAs: retry.id });
  const again = await call(OPERATOR, 'POST', `/v1/ops/imports/${id}/retry`);
  t.match([again.statusCode, again.json().code], [409, 'RETRY_NOT_POSSIBLE']);
  t.match(again.json().detail, retry.id);
});

t.test('two operators who retry one import at the same time make one of it', async (t) => {
  const { call, store, failed } = await openOps(t);
  const { id } = await failed('INTERNAL_ERROR');
  const url = `/v1/ops/imports/${id}/retry`;
  const answers = await Promise.all(Array.from({ length: 4 }, () => call(OPERATOR, 'POST', url)));
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [202, 409, 409, 409]);
  t.equal(await store.connection.collection('imports').countDocuments({ status: 'queued' }), 1);
});

t.test('where trying again makes no sense it is refused, with the way that does', async (t) => {
  const { call, running, failed } = await openOps(t);
  const cases = [
    [await failed('QUOTE_BROKEN'), /The file is at fault/],
    [await failed('FILE_DAMAGED'), /has to be uploaded again/],
    [await failed('INTERNAL_ERROR', 3), /3 of its rows were applied.*a report of what became of each row/],
    [await running(), /has not ended; release it/],
  ] as const;
  for (const [{ id }, reason] of cases) {
    const answer = await call(OPERATOR, 'POST', `/v1/ops/imports/${id}/retry`);
    t.equal(answer.json().code, 'RETRY_NOT_POSSIBLE');
    t.match(answer.json().detail, reason);
  }
});

t.test('dead letters tell what was given up, why, and the way back', async (t) => {
  const { call, store, failed } = await openOps(t);
  const input = await failed('INTERNAL_ERROR');
  await failed('QUOTE_BROKEN');
  const { mails } = store;
  const mailId = await store.transaction((transaction) =>
    mails.addReportMail(transaction, input, 'mail.example.org'),
  );
  await mails.claimMail(mailId, 'notifier', LONG_MS);
  await mails.settleMail(mailId, 'notifier', {
    status: 'failed',
    error: '550 5.1.1 <manager@example.org> unknown',
  });
  const { body } = await call(OBSERVER, 'GET', '/v1/ops/dead-letters');
  t.match(JSON.parse(body), {
    imports: [
      { reason: 'QUOTE_BROKEN, row 1', retry: false, wayBack: /mend it and upload it again/ },
      { id: input.id, reason: 'INTERNAL_ERROR, row 1', retry: true },
    ],
    mails: [{ id: mailId, reason: '550 5.1.1 <…@example.org> unknown', mail: { to: '…@example.org' } }],
  });
  t.notMatch(body, CONTENT);
  await call(OPERATOR, 'POST', `/v1/ops/imports/${input.id}/retry`);
  t.equal(
    (await call(OBSERVER, 'GET', '/v1/ops/dead-letters')).json().imports.length,
    1,
    'no longer what was retried',
  );
});

t.test(
  'broken files of users push nothing of ours out, and every dead letter is reached by pages',
  async (t) => {
    const { call, failed } = await openOps(t);
    const { id } = await failed('INTERNAL_ERROR');
    for (let n = 0; n < 5; n += 1) await failed('QUOTE_BROKEN');
    const list = async (query: string) =>
      (await call(OBSERVER, 'GET', `/v1/ops/dead-letters?${query}`)).json();
    t.match((await list('fault=ours&limit=1')).imports, [{ id }]);
    const overview = (await call(OBSERVER, 'GET', '/v1/ops/overview')).json();
    t.equal(overview.imports.failedByUs, 1);
    const reached: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await list(`limit=2&cursor=${cursor}`);
      reached.push(...page.imports.map((letter: { id: string }) => letter.id));
      cursor = page.nextCursor;
    }
    t.equal(new Set(reached).size, 6);
    t.equal(reached.length, 6);
    t.equal(reached.at(-1), id, 'the last first');
    t.equal((await list('cursor=bm8')).code, 'VALIDATION_FAILED');
  },
);

t.test('a dead letter is put aside, once, and may still be tried again', async (t) => {
  const { call, store, failed, givenUp, running } = await openOps(t);
  const input = await failed('INTERNAL_ERROR');
  const mailId = await givenUp(input, '550 unknown');
  const dismiss = (what: string) => call(OPERATOR, 'POST', `/v1/ops/${what}/dismiss`);
  const list = async (dismissed: boolean) =>
    (await call(OBSERVER, 'GET', `/v1/ops/dead-letters?dismissed=${dismissed}`)).json();
  const told = async () => JSON.stringify((await call(OBSERVER, 'GET', '/v1/ops/overview')).json().attention);
  t.match(await told(), 'see the dead letters');
  for (const what of [`imports/${input.id}`, `mails/${mailId}`, `imports/${input.id}`]) {
    t.equal((await dismiss(what)).statusCode, 204, what);
  }
  t.match(await list(false), { imports: [], mails: [] });
  t.match(await list(true), { imports: [{ id: input.id }], mails: [{ id: mailId }], nextCursor: null });
  t.notMatch(await told(), 'see the dead letters');
  const acts = (await call(OPERATOR, 'GET', '/v1/ops/audit')).json();
  t.match(acts, { total: 2, items: [{ action: 'mail.dismissed' }, { action: 'import.dismissed' }] });
  const story = (await call(OPERATOR, 'GET', `/v1/ops/imports/${input.id}`)).json();
  t.match(story.events.at(-1), { what: 'dismissed', text: 'Put aside', by: 'Farah Khan' });

  t.equal((await call(OPERATOR, 'POST', `/v1/ops/mails/${mailId}/send-again`)).statusCode, 202);
  t.equal((await call(OPERATOR, 'POST', `/v1/ops/imports/${input.id}/retry`)).statusCode, 202);
  t.match(await list(true), { imports: [], mails: [] });
  await store.mails.claimMail(mailId, 'notifier', LONG_MS);
  await store.mails.settleMail(mailId, 'notifier', { status: 'failed', error: '550 unknown' });
  t.match((await list(false)).mails, [{ id: mailId }], 'what is given up anew is told anew');
  for (const what of [`imports/${input.id}`, `imports/${(await running()).id}`]) {
    t.match([(await dismiss(what)).statusCode, (await dismiss(what)).json().code], [409, 'NOT_GIVEN_UP']);
  }
  t.equal((await dismiss(`mails/${newId()}`)).statusCode, 404);
});

t.test(
  'a mail that was given up is sent again as the same mail; where that makes no sense it is refused',
  async (t) => {
    const { call, store, failed, organisation } = await openOps(t);
    const input = await failed('INTERNAL_ERROR');
    const { mails } = store;
    const mailId = await store.transaction((transaction) =>
      mails.addReportMail(transaction, input, 'mail.example.org'),
    );
    const again = (id: string) => call(OPERATOR, 'POST', `/v1/ops/mails/${id}/send-again`);
    t.equal((await again(mailId)).json().code, 'RETRY_NOT_POSSIBLE', 'it is tried still');
    await mails.claimMail(mailId, 'notifier', LONG_MS);
    await mails.settleMail(mailId, 'notifier', { status: 'failed', error: '550 unknown' });
    const answer = await again(mailId);
    t.match([answer.statusCode, answer.json()], [202, { id: mailId, status: 'pending', attempts: 0 }]);
    t.match((await call(OBSERVER, 'GET', '/v1/ops/dead-letters')).json().mails, []);
    t.match(
      (await store.audit.listWrites(organisation.id, { action: 'mail.sent-again', limit: 1 })).total.count,
      1,
    );
    t.equal((await again(newId())).statusCode, 404);
  },
);

t.test('a queue is paused and resumed for all; without Redis nothing is noted', async (t) => {
  const redis = await startOwnRedis(t);
  const { call, deps } = await openOps(t, { redisUrl: redis.url });
  const paused = async () => (await deps.queues.look())?.map((queue) => queue.paused);
  t.equal((await call(OPERATOR, 'POST', '/v1/ops/queues/imports/pause')).statusCode, 204);
  t.same(await paused(), [true, false]);
  const seen = (await call(OBSERVER, 'GET', '/v1/ops/overview')).json();
  t.match(JSON.stringify(seen.attention), 'The queue imports is paused');
  t.equal((await call(OPERATOR, 'POST', '/v1/ops/queues/imports/resume')).statusCode, 204);
  t.same(await paused(), [false, false]);
  t.equal((await call(OPERATOR, 'POST', '/v1/ops/queues/others/pause')).statusCode, 404);
  // One that is frozen takes what is written to it, and would do it later.
  redis.freeze();
  t.equal((await call(OPERATOR, 'POST', '/v1/ops/queues/mails/pause')).json().code, 'UNAVAILABLE');
  redis.thaw();
  await waitFor('Redis is back', async () => (await paused()) !== undefined);
  t.same(await paused(), [false, false], 'what was refused does not happen when Redis is back');
  await redis.stop();
  t.equal((await call(OPERATOR, 'POST', '/v1/ops/queues/mails/pause')).json().code, 'UNAVAILABLE');
  await redis.restart({ keepData: true });
  await waitFor('Redis is back', async () => (await paused()) !== undefined);
  t.same(await paused(), [false, false]);
  const acts = (await call(OPERATOR, 'GET', '/v1/ops/audit')).json();
  t.match(acts.items, [
    { action: 'queue.resumed' },
    { action: 'queue.paused', target: { kind: 'queue', id: 'imports' } },
  ]);
  t.equal(acts.total, 2);
});

t.test('a process is asked to drain, and to take work again', async (t) => {
  const { call, store } = await openOps(t);
  const id = newId();
  const beat = {
    ...{ id, service: 'importer', version: '0.1.0', host: 'host-1', pid: 7, since: new Date() },
    ...{ busy: [{ kind: 'import', id: newId(), since: new Date() }], perMinute: {}, draining: false },
  };
  await store.heartbeats.beat(beat);
  const state = async () => (await call(OBSERVER, 'GET', '/v1/ops/overview')).json().processes[0].state;
  t.equal((await call(OPERATOR, 'POST', `/v1/ops/processes/${id}/drain`)).statusCode, 204);
  t.equal(await state(), 'draining');
  t.equal(await store.heartbeats.beat({ ...beat, draining: true, busy: [] }), true);
  t.equal(await state(), 'drained');
  t.equal((await call(OPERATOR, 'POST', `/v1/ops/processes/${id}/undrain`)).statusCode, 204);
  t.equal(await store.heartbeats.beat({ ...beat, busy: [] }), false);
  t.equal(await state(), 'idle');
  t.equal((await call(OPERATOR, 'POST', `/v1/ops/processes/${newId()}/drain`)).statusCode, 404);
});

t.test('all processes of a service that are there are asked to drain, and no others', async (t) => {
  const { call, store } = await openOps(t);
  const beat = (id: string, service: string, draining: boolean | null = false) =>
    store.heartbeats.beat({
      ...{ id, service, version: '0.1.0', host: 'host-1', pid: 7, since: new Date(), draining },
      ...{ busy: [], perMinute: {} },
    });
  const [one, other, later, notifier, gateway] = [newId(), newId(), newId(), newId(), newId()];
  for (const id of [one, other]) await beat(id, 'importer');
  await beat(notifier, 'notifier');
  await beat(gateway, 'api', null);
  t.equal((await call(OPERATOR, 'POST', '/v1/ops/services/importer/drain')).statusCode, 204);
  t.same(await Promise.all([beat(one, 'importer'), beat(other, 'importer')]), [true, true]);
  t.same(await Promise.all([beat(later, 'importer'), beat(notifier, 'notifier')]), [false, false]);
  t.equal((await call(OPERATOR, 'POST', '/v1/ops/services/importer/undrain')).statusCode, 204);
  t.equal(await beat(one, 'importer', true), false);
  t.equal(
    (await call(OPERATOR, 'POST', '/v1/ops/services/api/drain')).statusCode,
    404,
    'a gateway cannot be',
  );
  t.equal((await call(OBSERVER, 'POST', '/v1/ops/services/importer/drain')).statusCode, 403);
});

t.test(
  'what operators do is noted for the deployment, and for the organisation that it befalls',
  async (t) => {
    const { call, running, users } = await openOps(t);
    const { id } = await running();
    await call(OPERATOR, 'POST', `/v1/ops/imports/${id}/release`);
    const act = {
      action: 'import.released',
      target: { kind: 'import', id },
      user: { id: users.get(OPERATOR)!.id },
    };
    t.match((await call(OBSERVER, 'GET', '/v1/ops/audit')).json(), { items: [act], total: 1 });
    t.match((await call('admin@example.org', 'GET', `/v1/audit?target=${id}`)).json().items, [act]);
  },
);

t.test('observers and all others are let do nothing', async (t) => {
  const { call, running } = await openOps(t);
  const { id } = await running();
  for (const email of [OBSERVER, MANAGER, 'admin@example.org']) {
    for (const url of [
      `imports/${id}/release`,
      `imports/${id}/cancel`,
      `imports/${id}/retry`,
      'queues/mails/pause',
    ]) {
      t.equal((await call(email, 'POST', `/v1/ops/${url}`)).statusCode, 403, `${email} ${url}`);
    }
  }
});
