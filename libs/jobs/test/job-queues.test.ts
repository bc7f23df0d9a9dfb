import { newId } from '@mentorline/store';
import t from 'tap';
import { openQueues } from '../src/index.ts';
import { lookAt, ownQueues, startCable, type TestContext, until } from './servers.ts';

/** The most that somebody who asks for a wake-up call waits: the second of the promise, and some slack. */
const PATIENCE_MS = 1_500;

function open(t: TestContext, location: { redisUrl: string; prefix: string }) {
  const queues = openQueues(location);
  t.teardown(() => queues.close());
  return queues;
}

async function timed<Result>(run: () => Promise<Result>): Promise<{ result: Result; ms: number }> {
  const started = performance.now();
  const result = await run();
  return { result, ms: performance.now() - started };
}

t.test('a call waits in its queue with nothing but ids', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  const [importId, mailId] = [newId(), newId()];
  t.equal(await queues.enqueue('run-import', { importId }, 0), true);
  t.equal(await queues.enqueue('run-shard', { importId, shard: 2 }, 0), true);
  t.equal(await queues.enqueue('send-mail', { mailId }, 0), true);
  const imports = await lookAt(t, location, 'imports').getWaiting();
  t.match(
    imports.toSorted((a, b) => a.name.localeCompare(b.name)),
    [
      { name: 'run-import', data: { importId }, opts: { attempts: 1 } },
      { name: 'run-shard', data: { importId, shard: 2 }, opts: { attempts: 1 } },
    ],
  );
  t.match(await lookAt(t, location, 'mails').getWaiting(), [{ name: 'send-mail', data: { mailId } }]);
});

t.test(
  'of calls for the same turn one waits; the next turn, and other imports, have their own',
  async (t) => {
    const location = ownQueues(t);
    const queues = open(t, location);
    const [importId, otherId] = [newId(), newId()];
    const taken = await Promise.all([
      ...Array.from({ length: 5 }, () => queues.enqueue('run-import', { importId }, 0)),
      queues.enqueue('run-import', { importId }, 1),
      queues.enqueue('run-import', { importId: otherId }, 0),
    ]);
    t.same([...new Set(taken)], [true], 'a call that was dropped has been heard as well');
    t.equal(await lookAt(t, location, 'imports').getWaitingCount(), 3);
  },
);

t.test('the shards of an import are called for each by itself', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  const importId = newId();
  for (const shard of [0, 1, 1, 0, 11]) await queues.enqueue('run-shard', { importId, shard }, 0);
  await queues.enqueue('run-shard', { importId, shard: 1 }, 1);
  await queues.enqueue('run-import', { importId }, 0);
  const jobs = await lookAt(t, location, 'imports').getWaiting();
  t.same(jobs.flatMap(({ data }) => data.shard ?? []).sort(), [0, 1, 1, 11]);
  t.equal(jobs.length, 5);
});

t.test('deployments that share a Redis do not hear each other', async (t) => {
  const [one, other] = [ownQueues(t), ownQueues(t)];
  await open(t, one).enqueue('run-import', { importId: newId() }, 0);
  t.equal(await lookAt(t, other, 'imports').getWaitingCount(), 0);
});

t.test('a Redis that nobody has ever reached costs a second, and the queues still close', async (t) => {
  const cable = await startCable(t, ownQueues(t));
  cable.cut();
  const queues = openQueues(cable);
  for (let n = 0; n < 2; n += 1) {
    const { result, ms } = await timed(() => queues.enqueue('run-import', { importId: newId() }, 0));
    t.equal(result, false);
    t.ok(ms < PATIENCE_MS, `${Math.round(ms)} ms`);
  }
  const { ms } = await timed(() => queues.close());
  t.ok(ms < PATIENCE_MS, `closed after ${Math.round(ms)} ms`);
});

t.test('a Redis that falls silent costs a second, and the queues still close', async (t) => {
  const cable = await startCable(t, ownQueues(t));
  const queues = openQueues(cable);
  t.equal(await queues.enqueue('run-import', { importId: newId() }, 0), true);
  await queues.ping();
  cable.silence();
  const { result, ms } = await timed(() => queues.enqueue('run-import', { importId: newId() }, 0));
  t.equal(result, false);
  t.ok(ms < PATIENCE_MS, `${Math.round(ms)} ms`);
  const closing = await timed(() => queues.close());
  t.ok(closing.ms < PATIENCE_MS, `closed after ${Math.round(closing.ms)} ms`);
});

t.test('calls are taken again once Redis is back', async (t) => {
  const location = ownQueues(t);
  const cable = await startCable(t, location);
  const queues = open(t, cable);
  const importId = newId();
  cable.cut();
  t.equal(await queues.enqueue('run-import', { importId }, 0), false);
  cable.mend();
  await until('a call is taken', () => queues.enqueue('run-import', { importId }, 0));
  t.equal(
    await lookAt(t, location, 'imports').getWaitingCount(),
    1,
    'the first one may arrive late, but not twice',
  );
});
