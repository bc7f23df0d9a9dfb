import type { RedisState } from '@mentorline/jobs';
import { HOUR_MS, SECOND_MS } from '@mentorline/runtime';
import type { MongodbState } from '@mentorline/store';

/** In words, what is to be thought of a part of the deployment. `unknown`: it does not tell. */
export interface Judgement {
  level: 'ok' | 'unknown' | 'warning' | 'critical';
  text: string;
}

const MUCH_MEMORY = 0.9;
const LARGE_LAG_MS = 10 * SECOND_MS;
/** What a member may be away for, and still catch up. */
const SHORT_OPLOG_MS = HOUR_MS;

/** @param state undefined: it does not answer */
export function judgeRedisState(state: RedisState | undefined): Judgement[] {
  if (!state) {
    return [
      {
        level: 'critical',
        text: 'Redis does not answer: nothing is lost, but imports and mails are not called for until it is back',
      },
    ];
  }
  const { maxMemoryPolicy, appendOnly, usedMemoryBytes, maxMemoryBytes } = state;
  return [
    judgePolicy(maxMemoryPolicy),
    judgeAppendOnly(appendOnly),
    judgeMemory(usedMemoryBytes, maxMemoryBytes),
  ];
}

function judgePolicy(policy: string | null): Judgement {
  if (policy === null) return { level: 'unknown', text: 'Redis does not tell its maxmemory-policy' };
  return policy === 'noeviction'
    ? { level: 'ok', text: 'noeviction is on: Redis drops no jobs' }
    : {
        level: 'warning',
        text: `noeviction is off (${policy}): jobs may be lost, and are called for again later`,
      };
}

function judgeAppendOnly(isOn: boolean | null): Judgement {
  if (isOn === null)
    return { level: 'unknown', text: 'Redis does not tell whether it keeps an append-only file' };
  return isOn
    ? { level: 'ok', text: 'appendonly is on: a restart of Redis keeps its jobs' }
    : {
        level: 'warning',
        text: 'appendonly is off: a restart of Redis loses its jobs, which are called for again later',
      };
}

function judgeMemory(used: number | null, most: number | null): Judgement {
  if (used === null) return { level: 'unknown', text: 'Redis does not tell how much memory it uses' };
  if (!most) return { level: 'ok', text: `${megabytes(used)} of memory used; Redis has no limit of its own` };
  const text = `${megabytes(used)} of ${megabytes(most)} of memory used`;
  return used < MUCH_MEMORY * most
    ? { level: 'ok', text }
    : { level: 'critical', text: `${text}: Redis will soon take no more jobs` };
}

export function judgeMongodbState(state: MongodbState): Judgement[] {
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

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}

function seconds(durationMs: number): string {
  return `${Math.round(durationMs / SECOND_MS)} s`;
}
