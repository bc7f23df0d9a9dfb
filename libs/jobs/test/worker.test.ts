import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Registry } from '@mentorline/runtime';
import { newId } from '@mentorline/store';
import t from 'tap';
import { openQueues, startWorker } from '../src/index.ts';
import { connectRedis, keyPrefix } from '../src/redis.ts';
import { lookAt, ownQueues, SILENT, startCable, type TestContext, until } from './servers.ts';

const HANGING_WORKER = fileURLToPath(new URL('./hanging-worker.js', import.meta.url));

interface Call {
  importId: string;
  shard?: number;
  signal: AbortSignal;
  finish: () => void;
}

/** A worker whose jobs run until they are told to finish. */
function start(
  t: TestContext,
  location: { redisUrl: string; prefix: string },
  options: { concurrency?: number; fail?: (importId: string) => boolean; registry?: Registry } = {},
) {
  const calls: Call[] = [];
  const { concurrency = 1, registry = new Registry() } = options;
  const worker = startWorker(
    { ...location, queue: 'imports', concurrency, logger: SILENT, registry },
    {
      'run-import': async ({ importId }, signal) => {
        await new Promise<void>((finish) => void calls.push({ importId, signal, finish }));
        if (options.fail?.(importId)) throw new Error('a bug');
      },
      'run-shard': ({ importId, shard }, signal) =>
        new Promise<void>((finish) => void calls.push({ importId, shard, signal, finish })),
    },
  );
  t.teardown(() => {
    for (const { finish } of calls) finish();
  });
  return { worker, calls };
}

function open(t: TestContext, location: { redisUrl: string; prefix: string }) {
  const queues = openQueues(location);
  t.teardown(() => queues.close());
  return queues;
}

t.test('jobs run with their payload, as many side by side as allowed', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  const ids = [newId(), newId(), newId()];
  for (const importId of ids) await queues.enqueue('run-import', { importId }, 0);
  const { worker, calls } = start(t, location, { concurrency: 2 });
  await until('two jobs run', () => calls.length === 2);
  t.equal(await lookAt(t, location, 'imports').getWaitingCount(), 1);
  calls[0]!.finish();
  await until('the third runs', () => calls.length === 3);
  t.same(calls.map(({ importId }) => importId).sort(), ids.sort());
  t.notOk(calls.some(({ signal }) => signal.aborted));
  for (const { finish } of calls) finish();
  await worker.stop();
});

t.test('a job goes to the handler of its name, with the shard it is about', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  const importId = newId();
  await queues.enqueue('run-shard', { importId, shard: 3 }, 0);
  await queues.enqueue('run-import', { importId }, 0);
  const { worker, calls } = start(t, location, { concurrency: 2 });
  await until('both run', () => calls.length === 2);
  t.same(
    calls.map(({ importId, shard }) => ({ importId, shard })),
    [
      { importId, shard: 3 },
      { importId, shard: undefined },
    ],
  );
  for (const { finish } of calls) finish();
  await worker.stop();
});

t.test('a call of the same turn is heard again once the first one’s job has ended', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  const importId = newId();
  const { worker, calls } = start(t, location, { concurrency: 2, fail: () => calls.length === 2 });
  await queues.enqueue('run-import', { importId }, 0);
  for (let turn = 1; turn <= 3; turn += 1) {
    await until('the job runs', () => calls.length === turn);
    await queues.enqueue('run-import', { importId }, 0);
    t.equal(await lookAt(t, location, 'imports').getWaitingCount(), 0, 'not while it runs');
    calls[turn - 1]!.finish();
    // The second job fails: that must not block the way either.
    if (turn < 3) {
      await until('the next call is heard', async () => {
        await queues.enqueue('run-import', { importId }, 0);
        return calls.length === turn + 1;
      });
    }
  }
  await worker.stop();
});

t.test('jobs that this release does not know are refused, and do not hold up the others', async (t) => {
  const location = ownQueues(t);
  const queue = lookAt(t, location, 'imports');
  const strange: [string, object][] = [
    ['purge-everything', { importId: newId() }],
    ['toString', { importId: newId() }],
    ['send-mail', { mailId: newId() }],
    ['run-import', {}],
    ['run-import', { importId: 'not an id' }],
    ['run-import', { importId: { $ne: null } }],
    ['run-import', { importId: newId(), shard: 1 }],
    ['run-shard', { importId: newId() }],
    ['run-shard', { importId: newId(), shard: -1 }],
    ['run-shard', { importId: newId(), shard: '1' }],
  ];
  for (const [name, data] of strange) await queue.add(name, data);
  await open(t, location).enqueue('run-import', { importId: newId() }, 0);
  const registry = new Registry();
  const { worker, calls } = start(t, location, { registry });
  await until('the job that is known runs', () => calls.length > 0);
  t.match(
    await registry.metrics(),
    `mentorline_job_duration_seconds_count{job="unknown",outcome="failed"} ${strange.length}\n`,
    'whoever watches over failing jobs is told',
  );
  t.equal(await queue.getFailedCount(), strange.length);
  const [failed] = await queue.getFailed(0, 0);
  t.match(failed?.failedReason, 'not one this release knows');
  t.equal(calls.length, 1);
  calls[0]!.finish();
  await worker.stop();
});

t.test('a job that fails is not tried again by itself, and the next one runs', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  const [broken, fine] = [newId(), newId()];
  await queues.enqueue('run-import', { importId: broken }, 0);
  await queues.enqueue('run-import', { importId: fine }, 0);
  const { worker, calls } = start(t, location, { fail: (importId) => importId === broken });
  await until('the first runs', () => calls.length === 1);
  calls[0]!.finish();
  await until('the second runs', () => calls.length === 2);
  t.same(
    calls.map(({ importId }) => importId),
    [broken, fine],
  );
  calls[1]!.finish();
  await worker.stop();
  t.same(await lookAt(t, location, 'imports').getJobCounts('failed', 'waiting', 'delayed'), {
    failed: 1,
    waiting: 0,
    delayed: 0,
  });
});

t.test('a stop signals the jobs that run, waits for them, and takes no more', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  await queues.enqueue('run-import', { importId: newId() }, 0);
  const { worker, calls } = start(t, location);
  await until('the job runs', () => calls.length === 1);
  await queues.enqueue('run-import', { importId: newId() }, 0);
  const { signal, finish } = calls[0]!;
  let stopped = false;
  const stop = worker.stop().then(() => {
    stopped = true;
  });
  t.ok(signal.aborted);
  t.match(signal.reason, { message: 'the service is stopping' });
  const queue = lookAt(t, location, 'imports');
  t.equal(await queue.getActiveCount(), 1);
  t.notOk(stopped, 'the job has not left off yet');
  finish();
  await stop;
  t.equal(calls.length, 1);
  t.same(await queue.getJobCounts('completed', 'waiting', 'active'), { completed: 1, waiting: 1, active: 0 });
});

t.test(
  'a stop does not wait longer than its deadline for a job that ignores the signal, or for Redis',
  async (t) => {
    for (const obstacle of ['job', 'redis', 'lost']) {
      // In a process of its own: what hangs goes on hanging until the process ends.
      const child = spawn(process.execPath, [HANGING_WORKER, obstacle], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      const cutOff = obstacle === 'lost' ? '' : '1 cut off\n';
      t.equal(output, `running\nsignalled\n${cutOff}stopped\n`, obstacle);
      t.equal(code, 0);
    }
  },
);

t.test('a worker goes on once Redis is back', async (t) => {
  const location = ownQueues(t);
  const cable = await startCable(t, location);
  const { worker, calls } = start(t, cable);
  const queues = open(t, location);
  await queues.enqueue('run-import', { importId: newId() }, 0);
  await until('a job runs', () => calls.length === 1);
  calls[0]!.finish();
  cable.cut();
  await queues.enqueue('run-import', { importId: newId() }, 0);
  cable.mend();
  await until('the next job runs', () => calls.length === 2);
  calls[1]!.finish();
  await worker.stop();
});

t.test(
  'a job whose lock Redis has lost is delivered again, and its first run is not disturbed',
  async (t) => {
    const location = ownQueues(t);
    await open(t, location).enqueue('run-import', { importId: newId() }, 0);
    const { worker, calls } = start(t, location, { concurrency: 2 });
    await until('the job runs', () => calls.length === 1);
    const [job] = await lookAt(t, location, 'imports').getActive();
    const redis = connectRedis(location);
    t.teardown(() => redis.disconnect());
    t.equal(await redis.del(`${keyPrefix(location, 'imports')}:imports:${job!.id}:lock`), 1);
    await until('it is delivered again', () => calls.length === 2);
    t.equal(calls[1]!.importId, calls[0]!.importId);
    t.notOk(calls[0]!.signal.aborted);
    for (const { finish } of calls) finish();
    await worker.stop();
  },
);

t.test('jobs of priority 0 go before others that wait longer', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  const [low, lower, high] = [newId(), newId(), newId()];
  await queues.enqueue('run-import', { importId: lower }, 0, 2);
  await queues.enqueue('run-import', { importId: low }, 0, 1);
  await queues.enqueue('run-import', { importId: high }, 0);
  const { worker, calls } = start(t, location);
  for (const [index, id] of [high, low, lower].entries()) {
    await until('the next runs', () => calls.length === index + 1);
    t.equal(calls[index]?.importId, id);
    calls[index]?.finish();
  }
  await worker.stop();
});

t.test('all workers of a queue together begin no more jobs in a minute than they may', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  for (let n = 0; n < 5; n += 1) await queues.enqueue('send-mail', { mailId: newId() }, 0);
  let begun = 0;
  const options = { ...location, queue: 'mails', concurrency: 1, logger: SILENT, perMinute: 3 } as const;
  const count = async () => {
    begun += 1;
  };
  const workers = [1, 2].map(() => startWorker(options, { 'send-mail': count }));
  const queue = lookAt(t, location, 'mails');
  await until('the limit is reached', async () => begun === 3 && (await queue.getRateLimitTtl(3)) > 0);
  t.equal(await queue.getWaitingCount(), 2, 'the others wait');
  await Promise.all(workers.map((worker) => worker.stop()));
  t.equal(begun, 3);
});
