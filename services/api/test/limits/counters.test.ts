import { randomBytes } from 'node:crypto';
import { AppError, createLogger } from '@mentorline/runtime';
import t from 'tap';
import { openCounters } from '../../src/limits/counters.ts';

const { MENTORLINE_TEST_REDIS_URL: redisUrl = '' } = process.env;
const prefix = `test_${randomBytes(6).toString('hex')}`;
const LIMIT = { windowMs: 60_000, detail: 'Too many' };

async function open(t: { teardown(run: () => unknown): unknown }, ofDeployment = prefix) {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const counters = openCounters({ redisUrl, prefix: ofDeployment, logger });
  t.teardown(() => counters.close());
  await counters.connect();
  return counters;
}

t.test('all processes of a deployment count together, and none with another deployment', async (t) => {
  const limit = { ...LIMIT, name: 'shared', points: 2, code: 'TOO_MANY_REQUESTS' as const };
  const [one, other] = [(await open(t)).counter(limit), (await open(t)).counter(limit)];
  const foreign = (await open(t, `${prefix}_2`)).counter(limit);
  t.same(await one.count('key'), { isLast: false });
  t.same(await other.count('key'), { isLast: true });
  for (const counter of [one, other]) {
    await t.rejects(counter.count('key'), {
      code: 'TOO_MANY_REQUESTS',
      message: /^Too many; try again in \d+/,
    });
  }
  t.same(await one.count('another key'), { isLast: false });
  t.same(await foreign.count('key'), { isLast: false });
});

t.test('what is taken back or forgotten is so for all processes', async (t) => {
  const limit = { ...LIMIT, name: 'forgiving', points: 1, code: 'TOO_MANY_ATTEMPTS' as const };
  const [one, other] = [(await open(t)).counter(limit), (await open(t)).counter(limit)];
  await one.count('key');
  await other.takeBack('key');
  t.same(await one.count('key'), { isLast: true });
  const refusal = await other.count('key').catch((error: unknown) => error);
  t.ok(refusal instanceof AppError && refusal.retryAfterSeconds && refusal.retryAfterSeconds <= 60);
  await one.forget('key');
  t.same(await other.count('key'), { isLast: true });
});

t.test('a limit of 0 is none', async (t) => {
  const counter = (await open(t)).counter({ ...LIMIT, name: 'none', points: 0, code: 'TOO_MANY_REQUESTS' });
  for (let n = 0; n < 5; n += 1) t.same(await counter.count('key'), { isLast: false });
});
