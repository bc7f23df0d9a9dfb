import t from 'tap';
import { judgeMongodb } from '../../src/ops/judge-mongodb.ts';

const MEMBER = { name: 'one:27017', state: 'PRIMARY', healthy: true, lagMs: 0 };
const MONGODB = {
  version: '8.0.12',
  replicaSet: 'rs0',
  members: [MEMBER, { ...MEMBER, name: 'two:27017', state: 'SECONDARY' }],
  oplogWindowMs: 86_400_000,
  slowOperations: [],
};
const levels = (judgements: readonly { level: string }[]) => judgements.map(({ level }) => level);

t.test('a replica set whose members are well is well', async (t) => {
  t.same(levels(judgeMongodb(MONGODB)), ['ok', 'ok', 'ok']);
  t.match(judgeMongodb({ ...MONGODB, members: [MEMBER] })[0], {
    level: 'ok',
    text: /nothing takes over/,
  });
});

t.test(
  'members that are down or behind, a server without a replica set and slow operations are told',
  async (t) => {
    const down = { ...MEMBER, state: 'RECOVERING', healthy: false };
    const late = { ...MEMBER, name: 'late:27017', state: 'SECONDARY', lagMs: 30_000 };
    t.match(judgeMongodb({ ...MONGODB, members: [down, late] }), [
      { level: 'critical', text: 'member one:27017 is RECOVERING' },
      { level: 'warning', text: 'member late:27017 is 30 s behind' },
    ]);
    t.match(judgeMongodb({ ...MONGODB, replicaSet: null })[0], { level: 'critical' });
    const slow = { op: 'query', collection: 'sessions', seconds: 7 };
    t.match(judgeMongodb({ ...MONGODB, slowOperations: [slow] }).at(-1), {
      level: 'warning',
      text: '1 slow operation, the longest for 7 s (query on sessions)',
    });
    const hidden = { ...MONGODB, members: null, oplogWindowMs: null, slowOperations: null };
    t.same(levels(judgeMongodb(hidden)), ['unknown', 'unknown', 'unknown']);
  },
);
