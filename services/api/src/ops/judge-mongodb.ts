import { HOUR_MS, type Judgement, SECOND_MS } from '@mentorline/runtime';
import type { MongodbState } from '@mentorline/store';

const LARGE_LAG_MS = 10 * SECOND_MS;
/** What a member may be away for, and still catch up. */
const SHORT_OPLOG_MS = HOUR_MS;

export function judgeMongodb(state: MongodbState): Judgement[] {
  return [...judgeMembers(state), judgeOplog(state.oplogWindowMs), judgeSlow(state.slowOperations)];
}

function judgeMembers({ replicaSet, members }: MongodbState): Judgement[] {
  if (replicaSet === null) {
    return [{ level: 'critical', text: 'MongoDB is no replica set: there are no transactions' }];
  }
  if (members === null) {
    return [{ level: 'unknown', text: `replica set ${replicaSet}; its members are not shown to our user` }];
  }
  const faults = members.flatMap(({ name, state, healthy, lagMs }): Judgement[] => {
    if (!healthy) return [{ level: 'critical', text: `member ${name} is ${state}` }];
    if ((lagMs ?? 0) <= LARGE_LAG_MS) return [];
    return [{ level: 'warning', text: `member ${name} is ${seconds(lagMs ?? 0)} behind` }];
  });
  if (faults.length > 0) return faults;
  const alone = members.length === 1 ? ': nothing takes over when it fails' : '';
  return [
    {
      level: 'ok',
      text: `replica set ${replicaSet}, ${members.length} of ${members.length} members well${alone}`,
    },
  ];
}

function judgeOplog(windowMs: number | null): Judgement {
  if (windowMs === null)
    return { level: 'unknown', text: 'the window of the oplog is not shown to our user' };
  const window = `the oplog reaches ${windowMs < HOUR_MS ? seconds(windowMs) : `${Math.floor(windowMs / HOUR_MS)} h`} back`;
  // A new one is short without being small.
  return {
    level: 'ok',
    text: windowMs < SHORT_OPLOG_MS ? `${window}: a member away for longer has to copy everything` : window,
  };
}

function judgeSlow(operations: MongodbState['slowOperations']): Judgement {
  if (operations === null) return { level: 'unknown', text: 'running operations are not shown to our user' };
  const [first] = operations;
  if (!first) return { level: 'ok', text: 'no operation has been running for long' };
  const longest = Math.max(...operations.map((one) => one.seconds));
  return {
    level: 'warning',
    text: `${operations.length} slow operation${operations.length === 1 ? '' : 's'}, the longest for ${longest} s (${first.op} on ${first.collection})`,
  };
}

function seconds(durationMs: number): string {
  return `${Math.round(durationMs / SECOND_MS)} s`;
}
