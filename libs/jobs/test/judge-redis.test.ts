import t from 'tap';
import { judgeRedis } from '../src/judge-redis.ts';

const REDIS = {
  version: '7.4.0',
  usedMemoryBytes: 2_000_000,
  maxMemoryBytes: 0,
  maxMemoryPolicy: 'noeviction',
  appendOnly: true,
  isWhole: null,
};
const levels = (judgements: readonly { level: string }[]) => judgements.map(({ level }) => level);

t.test('a Redis that keeps its jobs is well', async (t) => {
  t.same(levels(judgeRedis(REDIS)), ['ok', 'ok', 'ok']);
});

t.test('what endangers jobs in Redis is told in words', async (t) => {
  const [policy, file, memory] = judgeRedis({
    ...REDIS,
    maxMemoryPolicy: 'allkeys-lru',
    appendOnly: false,
    maxMemoryBytes: 2_100_000,
  });
  t.match(policy, { level: 'warning', text: /noeviction is off \(allkeys-lru\): jobs may be lost/ });
  t.match(file, { level: 'warning', text: /appendonly is off/ });
  t.match(memory, { level: 'critical', text: /Redis will soon take no more jobs/ });
});

t.test('a Redis that does not answer is critical; one that hides its settings is unknown', async (t) => {
  t.match(judgeRedis(undefined), [{ level: 'critical', text: /does not answer/ }]);
  const hidden = {
    version: null,
    usedMemoryBytes: null,
    maxMemoryBytes: null,
    maxMemoryPolicy: null,
    appendOnly: null,
    isWhole: null,
  };
  t.same(levels(judgeRedis(hidden)), ['unknown', 'unknown', 'unknown']);
});

t.test('a Redis that is too old, and a cluster that lacks a part, are told beside the rest', async (t) => {
  for (const version of ['5.0.14', '6.0.16'])
    t.match(judgeRedis({ ...REDIS, version })[0], {
      level: 'warning',
      text: `Redis is ${version}; 6.2 or later is needed`,
    });
  for (const version of ['6.2.14', '6.10.0', '7.0.0', '10.0.1'])
    t.same(levels(judgeRedis({ ...REDIS, version })), ['ok', 'ok', 'ok'], version);
  t.same(levels(judgeRedis({ ...REDIS, isWhole: true })), ['ok', 'ok', 'ok']);
  t.match(judgeRedis({ ...REDIS, isWhole: false })[0], {
    level: 'critical',
    text: /part of the Redis Cluster is away/,
  });
});
