import { newId } from '@mentorline/store';
import fc from 'fast-check';
import t from 'tap';
import { openQueues, startWorker } from '../src/index.ts';
import { connectRedis, keyPrefix } from '../src/redis.ts';
import { lookAt, ownQueues, SILENT, startCable, type TestContext, until } from './servers.ts';

/** The most that somebody who asks for wake-up calls waits: the second of the promise, and some slack. */
const PATIENCE_MS = 1_500;
const MANY = 500;
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function open(t: TestContext, location: { redisUrl: string; prefix: string }) {
  const queues = openQueues(location);
  t.teardown(() => queues.close());
  return queues;
}

/** The mails in the order in which a notifier is called for them. */
async function worked(location: { redisUrl: string; prefix: string }, count: number): Promise<string[]> {
  const mails: string[] = [];
  const worker = startWorker(
    { ...location, queue: 'mails', concurrency: 1, logger: SILENT },
    { 'send-mail': async ({ mailId }) => void mails.push(mailId) },
  );
  await until('all calls are heard', () => mails.length >= count);
  await worker.stop();
  return mails;
}

const callFor = (mailId: string, turn = 0, priority = 0) => ({ payload: { mailId }, turn, priority });

t.test(
  'many calls are as the same calls one by one: ids only, and the trace of what each is for',
  async (t) => {
    const location = ownQueues(t);
    const queues = open(t, location);
    const [traced, untraced] = [newId(), newId()];
    t.equal(
      await queues.enqueueAll('send-mail', [
        { ...callFor(traced), trace: TRACE },
        { ...callFor(untraced, 0, 2), trace: null },
      ]),
      true,
    );
    const jobs = await lookAt(t, location, 'mails').getJobs(['waiting', 'prioritized']);
    const byMail = new Map(jobs.map((job) => [job.data.mailId, job]));
    t.equal(byMail.size, 2);
    t.match(byMail.get(traced), {
      ...{ name: 'send-mail', data: { mailId: traced } },
      opts: { attempts: 1, telemetry: { metadata: JSON.stringify({ traceparent: TRACE }) } },
    });
    t.match(byMail.get(untraced), { name: 'send-mail', data: { mailId: untraced }, opts: { priority: 2 } });
    t.notOk(byMail.get(untraced)?.opts.telemetry);
  },
);

t.test(
  'calls are heard in the order of their priority, and of one priority as they were given',
  async (t) => {
    const mostCalls = 8;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: mostCalls }),
        async (priorities) => {
          const location = ownQueues(t);
          const queues = openQueues(location);
          const calls = priorities.map((priority) => callFor(newId(), 0, priority));
          await queues.enqueueAll('send-mail', calls);
          const heard = await worked(location, calls.length);
          await queues.close();
          const expected = calls
            .toSorted((a, b) => a.priority - b.priority)
            .map(({ payload: { mailId } }) => mailId);
          return heard.join() === expected.join();
        },
      ),
      { numRuns: 10 },
    );
  },
);

t.test('as many as a sweep calls for at most are taken in one go', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  const ids = Array.from({ length: MANY }, () => newId());
  t.equal(
    await queues.enqueueAll(
      'send-mail',
      ids.map((id) => callFor(id)),
    ),
    true,
  );
  const waiting = await lookAt(t, location, 'mails').getJobs(['waiting'], 0, -1, true);
  t.same(
    waiting.map(({ data }) => data.mailId),
    ids,
  );
});

t.test('of calls for the same turn one waits, in one go and after another', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  const [one, other] = [newId(), newId()];
  await queues.enqueue('send-mail', { mailId: one }, 0);
  for (let sweep = 0; sweep < 2; sweep += 1) {
    const calls = [callFor(one), callFor(other), callFor(other), callFor(one, 1)];
    t.equal(await queues.enqueueAll('send-mail', calls), true, 'one that was dropped has been heard as well');
    t.equal(await lookAt(t, location, 'mails').getWaitingCount(), 3);
  }
});

t.test('one that Redis does not take keeps no other from its queue, and the answer says so', async (t) => {
  const location = ownQueues(t);
  const queues = open(t, location);
  const ids = Array.from({ length: 5 }, () => newId());
  const calls = ids.map((id) => callFor(id));
  const redis = connectRedis(location);
  // Where it is noted that a call waits stands something of another kind: Redis refuses this one.
  const spoilt = `${keyPrefix(location, 'mails')}:mails:de:send-mail-${ids[2]}-0`;
  await redis.rpush(spoilt, 'not a note of a call');
  t.equal(await queues.enqueueAll('send-mail', calls), false);
  const waiting = () => lookAt(t, location, 'mails').getJobs(['waiting'], 0, -1, true);
  const expected = ids.filter((_, n) => n !== 2);
  t.same(
    (await waiting()).map(({ data }) => data.mailId),
    expected,
  );
  await redis.del(spoilt);
  redis.disconnect();
  t.equal(await queues.enqueueAll('send-mail', calls), true, 'all are called for again, and now all wait');
  t.same(
    (await waiting()).map(({ data }) => data.mailId),
    [...expected, ids[2]],
  );
});

t.test('nothing to call for is no trip: it is done while Redis is away', async (t) => {
  const cable = await startCable(t, ownQueues(t));
  cable.cut();
  t.equal(await open(t, cable).enqueueAll('send-mail', []), true);
});

t.test(
  'a Redis that is away, or falls silent, costs a second however many the calls; so does closing',
  async (t) => {
    for (const trouble of ['cut', 'silence'] as const) {
      const location = ownQueues(t);
      const cable = await startCable(t, location);
      const queues = openQueues(cable);
      await queues.ping();
      cable[trouble]();
      const startedAt = performance.now();
      const calls = Array.from({ length: MANY }, () => callFor(newId()));
      const closed: Promise<void>[] = [];
      // Whoever stops does not wait for what is on its way.
      setTimeout(() => closed.push(queues.close()), 100);
      t.equal(await queues.enqueueAll('send-mail', calls), false, trouble);
      await Promise.all(closed);
      const ms = performance.now() - startedAt;
      t.ok(ms < PATIENCE_MS, `${Math.round(ms)} ms`);
    }
  },
);
