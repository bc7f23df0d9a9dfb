import { newId } from '@mentorline/store';
import { startOwnRedis } from '@mentorline/testkit';
import t from 'tap';
import { CONTENT, MANAGER, OBSERVER, OPERATOR, openOps } from './operators.ts';

const IMPORTER = {
  ...{ service: 'importer', version: '0.1.0', host: 'host-1', pid: 7, since: new Date(), draining: false },
  ...{ busy: [], perMinute: { imports: 2, rows: 1_200 } },
};
const messages = (body: { attention: { message: string }[] }) => body.attention.map(({ message }) => message);

t.test('operators and observers see services, queues, imports, mails and servers at a glance', async (t) => {
  const { call, store, running, clock, deps } = await openOps(t);
  const { id } = await running();
  const processId = newId();
  const busy = [{ kind: 'import', id, since: new Date() }];
  await store.heartbeats.beat({ ...IMPORTER, id: processId, busy });
  await store.heartbeats.beat({ ...IMPORTER, id: newId(), service: 'notifier', perMinute: { mails: 3 } });
  await store.leases.holdRole('dispatcher', processId, 60_000);
  // As the queue board does.
  const queue = deps.queues.queues.get('imports')!;
  await queue.setGlobalConcurrency(3);
  await queue.setGlobalRateLimit(7, 1_000);
  clock.now = new Date();
  for (const email of [OPERATOR, OBSERVER]) {
    const { statusCode, body } = await call(email, 'GET', '/v1/ops/overview');
    t.equal(statusCode, 200);
    const seen = JSON.parse(body);
    t.match(seen, {
      processes: [
        {
          id: processId,
          service: 'importer',
          state: 'busy',
          host: 'host-1',
          busy: [{ kind: 'import', id }],
          canDrain: true,
        },
        { service: 'notifier', state: 'idle' },
      ],
      queues: [
        {
          name: 'imports',
          paused: false,
          waiting: 0,
          active: 0,
          failed: 0,
          oldestWaitingSeconds: null,
          jobsPerMinute: 4 - 2,
          limits: { concurrency: 3, rate: { max: 7, durationMs: 1_000 } },
        },
        { name: 'mails', jobsPerMinute: 3 },
      ],
      rowsPerMinute: 2_400 - 1_200,
      imports: {
        counts: { applying: { count: 1, isExact: true }, queued: { count: 0 } },
        running: [
          {
            ...{ id, status: 'applying', attempts: 1, rowsTotal: 1, rowsDone: 0, checkpoints: [0, 0] },
            organisation: { name: 'Example Schools' },
            waits: { why: 'working' },
            heldBy: 'importer on host-1 (7)',
          },
        ],
      },
      mails: { counts: { pending: { count: 0 } }, oldestDueSeconds: null },
      roles: [{ role: 'dispatcher', heldBy: 'importer on host-1 (7)' }],
      redis: { reachable: true },
      mongodb: { judgements: [{ level: 'ok', text: /replica set/ }, {}, {}] },
    });
    t.notMatch(body, CONTENT);
  }
  t.equal((await call(MANAGER, 'GET', '/v1/ops/overview')).statusCode, 403);
});

t.test('what needs attention comes first, in sentences that say what to do', async (t) => {
  const { call, running, failed, store, clock } = await openOps(t);
  const look = async () => (await call(OBSERVER, 'GET', '/v1/ops/overview')).json();
  const { id } = await running('queued');
  await failed('INTERNAL_ERROR');
  await failed('QUOTE_BROKEN');
  clock.now = new Date(Date.now() + 45_000);
  const seen = await look();
  t.equal(seen.attention[0].severity, 'critical');
  t.match(messages(seen).join('\n'), 'No importer runs: imports wait. Start one');
  t.match(
    messages(seen).join('\n'),
    new RegExp(`Import ${id} \\(queued\\) has waited for 4\\d s: no importer runs`),
  );
  t.match(messages(seen).join('\n'), 'An import failed by a fault of ours: see the dead letters');
  t.same(seen.attention.find((one: { target: unknown }) => one.target)?.target, { kind: 'import', id });
  t.same(
    seen.attention.find(({ message }: { message: string }) => message.includes('by a fault of ours')).target,
    {
      kind: 'dead-letters',
      id: 'imports',
    },
  );
  const severities = seen.attention.map(({ severity }: { severity: string }) => severity);
  t.same(severities, [...severities].sort(), 'critical before warning');
  await store.heartbeats.beat({ ...IMPORTER, id: newId() });
  await store.heartbeats.beat({ ...IMPORTER, id: newId(), service: 'notifier', version: '0.2.0' });
  t.match(messages(await look()).join('\n'), 'Versions 0.1.0 and 0.2.0 run side by side');
});

t.test('however many imports wait, one that stands still and one not begun are told', async (t) => {
  const { call, store, running, clock, organisation } = await openOps(t);
  const held = await running();
  const lost = await running();
  const other = await running('queued');
  const imports = store.connection.collection('imports');
  await imports.updateOne(
    { 'lease.owner': lost.owner },
    { $set: { 'lease.until': new Date(Date.now() - 1_000) } },
  );
  const { ObjectId } = store.connection.base.Types;
  const [queued] = await imports.find({ status: 'queued' }).toArray();
  // Those of one organisation that came before.
  const acceptedAt = new Date(queued!.acceptedAt.getTime() - 60_000);
  const many = Array.from({ length: 80 }, () => ({ ...queued!, _id: new ObjectId(), acceptedAt }));
  await imports.insertMany(many as never);
  const elsewhere = newId();
  await imports.updateOne({ _id: queued!._id }, { $set: { organisationId: new ObjectId(elsewhere) } });
  await store.turns.takeTurn(organisation.id, newId(), 60_000);
  await store.heartbeats.beat({ ...IMPORTER, id: newId() });
  await store.heartbeats.beat({ ...IMPORTER, id: newId(), service: 'notifier' });
  clock.now = new Date(Date.now() + 200_000);
  const told = messages((await call(OBSERVER, 'GET', '/v1/ops/overview')).json()).join('\n');
  t.match(told, new RegExp(`Import ${held.id} \\(applying\\) has made no progress`));
  t.match(told, new RegExp(`Import ${lost.id} .*the importer that had it was lost`));
  t.match(told, new RegExp(`Import ${other.id} .*it is called for`));
});

t.test('a relay that is away shows within seconds, with the mails that come back from it', async (t) => {
  const { call, store, failed, clock } = await openOps(t);
  const { mails } = store;
  const input = await failed('QUOTE_BROKEN');
  const id = await store.transaction((transaction) =>
    mails.addReportMail(transaction, input, 'mail.example.org'),
  );
  const look = async () => (await call(OBSERVER, 'GET', '/v1/ops/overview')).json();
  t.match((await look()).mails.retried, { count: 0, longest: null }, 'one that was not tried yet is none');
  await mails.claimMail(id, 'notifier', 60_000);
  await mails.settleMail(id, 'notifier', {
    ...{ status: 'pending', error: '451 <manager@example.org> later' },
    nextAttemptAt: new Date(Date.now() + 60_000),
  });
  const since = new Date();
  const relay = { works: false, since, error: 'ECONNREFUSED' };
  await store.heartbeats.beat({ ...IMPORTER, id: newId(), service: 'notifier', relay });
  clock.now = new Date(since.getTime() + 5_000);
  const seen = await look();
  t.match(seen.mails, {
    oldestDueSeconds: null,
    retried: { count: 1, longest: { id, attempts: 1, lastError: '451 <…@example.org> later' } },
  });
  t.match(seen.processes, [{ service: 'notifier', relay: { works: false, error: 'ECONNREFUSED' } }]);
  t.match(messages(seen).join('\n'), 'cannot use the mail relay since 5 s (ECONNREFUSED)');
});

t.test('it answers while Redis is away, and says what that means', async (t) => {
  const redis = await startOwnRedis(t);
  const { call, running } = await openOps(t, { redisUrl: redis.url });
  await running('queued');
  await redis.stop();
  const startMs = performance.now();
  const { statusCode, body } = await call(OPERATOR, 'GET', '/v1/ops/overview');
  t.equal(statusCode, 200);
  t.ok(performance.now() - startMs < 8_000, 'and nobody waits for long');
  const seen = JSON.parse(body);
  t.match(seen, { queues: null, redis: { reachable: false, judgements: [{ level: 'critical' }] } });
  t.match(messages(seen).join('\n'), 'Redis does not answer: nothing is lost');
});
