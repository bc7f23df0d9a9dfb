import { newId } from '@mentorline/store';
import t from 'tap';
import { openQueues } from '../src/index.ts';
import { readInfo } from '../src/redis-info.ts';
import { ownQueues, startCable } from './servers.ts';

t.test('of the answer to INFO is taken what tells whether jobs are safe', async (t) => {
  const text =
    '# Server\r\nredis_version:7.4.0\r\n# Memory\r\nused_memory:2048\r\nmaxmemory:4096\r\n' +
    'maxmemory_policy:allkeys-lru\r\n# Persistence\r\naof_enabled:1\r\n';
  t.same(readInfo(text), {
    version: '7.4.0',
    usedMemoryBytes: 2048,
    maxMemoryBytes: 4096,
    maxMemoryPolicy: 'allkeys-lru',
    appendOnly: true,
  });
  t.same(readInfo('# nothing\r\n'), {
    version: null,
    usedMemoryBytes: null,
    maxMemoryBytes: null,
    maxMemoryPolicy: null,
    appendOnly: null,
  });
});

t.test('queues tell what waits, since when, and whether they are paused', async (t) => {
  const queues = openQueues(ownQueues(t));
  t.teardown(() => queues.close());
  const before = new Date();
  await queues.enqueue('run-import', { importId: newId() }, 0);
  await queues.enqueue('send-mail', { mailId: newId() }, 0, 2);
  t.equal(await queues.setPaused('imports', true), 'done');
  const [imports, mails] = (await queues.look())!;
  t.match(imports, { name: 'imports', paused: true, waiting: 1, active: 0, failed: 0 });
  t.ok(imports!.oldestWaitingAt! >= before);
  t.match(mails, { name: 'mails', paused: false, waiting: 1 });
  t.match(await queues.lookAtRedis(), { version: /^\d/, maxMemoryPolicy: 'noeviction', isWhole: null });
});

t.test('a Redis that has fallen silent keeps nobody who looks waiting', async (t) => {
  const cable = await startCable(t, ownQueues(t));
  const queues = openQueues(cable);
  t.teardown(() => queues.close());
  await queues.ping();
  cable.silence();
  const startMs = performance.now();
  t.same(await Promise.all([queues.look(), queues.lookAtRedis(), queues.setPaused('mails', true)]), [
    ...[undefined, undefined, 'away'],
  ]);
  t.ok(performance.now() - startMs < 5_000);
  cable.mend();
});
