import { setTimeout as delay } from 'node:timers/promises';
import { Registry } from '@mentorline/runtime';
import { newId } from '@mentorline/store';
import t from 'tap';
import { openQueues, queueGauges } from '../src/index.ts';
import { ownQueues, startCable } from './servers.ts';

t.test('a queue tells how much waits and for how long, of whatever priority', async (t) => {
  const queues = openQueues(ownQueues(t));
  t.teardown(() => queues.close());
  t.same(await queues.measure('mails'), { waiting: 0, active: 0, failed: 0, oldestWaitingMs: 0 });
  await queues.enqueue('send-mail', { mailId: newId() }, 0, 2);
  await delay(400);
  for (const priority of [1, 1, 2, 0]) await queues.enqueue('send-mail', { mailId: newId() }, 0, priority);
  const { oldestWaitingMs, ...depth } = await queues.measure('mails');
  t.same(depth, { waiting: 5, active: 0, failed: 0 });
  t.ok(oldestWaitingMs >= 400 && oldestWaitingMs < 30_000, `${oldestWaitingMs} ms`);
  t.same(await queues.measure('imports'), { waiting: 0, active: 0, failed: 0, oldestWaitingMs: 0 });
});

t.test('while Redis is away a scrape goes on without it', async (t) => {
  const cable = await startCable(t, ownQueues(t));
  const queues = openQueues(cable);
  t.teardown(() => queues.close());
  const registry = new Registry();
  queueGauges(registry, queues, 'imports');
  t.match(await registry.metrics(), 'mentorline_queue_jobs{queue="imports",state="waiting"} 0');
  cable.cut();
  const started = performance.now();
  t.notMatch(await registry.metrics(), 'mentorline_queue_jobs{');
  t.ok(performance.now() - started < 5_000, 'in time');
  cable.mend();
  for (;;) if ((await registry.metrics()).includes('mentorline_queue_jobs{')) break;
});
