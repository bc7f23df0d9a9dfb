import t from 'tap';
import { judgeMongodbState, judgeRedisState } from '../../src/ops/judge-servers.ts';

const REDIS = {
  version: '7.4.0',
  usedMemoryBytes: 2_000_000,
  maxMemoryBytes: 0,
  maxMemoryPolicy: 'noeviction',
  appendOnly: true,
};
const MEMBER = { name: 'one:27017', state: 'PRIMARY', healthy: true, lagMs: 0 };
const MONGODB = {
  version: '8.0.12',
  replicaSet: 'rs0',
  members: [MEMBER, { ...MEMBER, name: 'two:27017', state: 'SECONDARY' }],
  oplogWindowMs: 86_400_000,
  slowOperations: [],
};
const levels = (judgements: readonly { level: string }[]) => judgements.map(({ level }) => level);

t.test('a Redis that keeps its jobs is well', async (t) => {
  t.same(levels(judgeRedisState(REDIS)), ['ok', 'ok', 'ok']);
});

t.test('what endangers jobs in Redis is told in words', async (t) => {
  const [policy, file, memory] = judgeRedisState({
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
  t.match(judgeRedisState(undefined), [{ level: 'critical', text: /does not answer/ }]);
  const hidden = {
    version: null,
    usedMemoryBytes: null,
    maxMemoryBytes: null,
    maxMemoryPolicy: null,
    appendOnly: null,
  };
  t.same(levels(judgeRedisState(hidden)), ['unknown', 'unknown', 'unknown']);
});

t.test('a replica set whose members are well is well', async (t) => {
  t.same(levels(judgeMongodbState(MONGODB)), ['ok', 'ok', 'ok']);
  t.match(judgeMongodbState({ ...MONGODB, members: [MEMBER] })[0], {
    level: 'ok',
    text: /nothing takes over/,
  });
});

t.test(
  'members that are down or behind, a server without a replica set and slow operations are told',
  async (t) => {
    const down = { ...MEMBER, state: 'RECOVERING', healthy: false };
    const late = { ...MEMBER, name: 'late:27017', state: 'SECONDARY', lagMs: 30_000 };
    t.match(judgeMongodbState({ ...MONGODB, members: [down, late] }), [
      { level: 'critical', text: 'member one:27017 is RECOVERING' },
      { level: 'warning', text: 'member late:27017 is 30 s behind' },
    ]);
    t.match(judgeMongodbState({ ...MONGODB, replicaSet: null })[0], { level: 'critical' });
    const slow = { op: 'query', collection: 'sessions', seconds: 7 };
    t.match(judgeMongodbState({ ...MONGODB, slowOperations: [slow] }).at(-1), {
      level: 'warning',
      text: '1 slow operation, the longest for 7 s (query on sessions)',
    });
    const hidden = { ...MONGODB, members: null, oplogWindowMs: null, slowOperations: null };
    t.same(levels(judgeMongodbState(hidden)), ['unknown', 'unknown', 'unknown']);
  },
);
