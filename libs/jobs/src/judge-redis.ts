import type { Judgement, Logger } from '@mentorline/runtime';
import type { Cluster, Redis } from 'ioredis';
import { lookAtRedis, type RedisState } from './redis-info.ts';

const OLDEST = [6, 2] as const;
const MUCH_MEMORY = 0.9;

/**
 * What of Redis endangers queued jobs. Nothing that was accepted depends on it (MongoDB holds the truth), but lost
 * wake-up calls cost time.
 * @param state undefined: it does not answer
 */
export function judgeRedis(state: RedisState | undefined): Judgement[] {
  if (!state) {
    return [
      {
        level: 'critical',
        text: 'Redis does not answer: nothing is lost, but imports and mails are not called for until it is back',
      },
    ];
  }
  const { version, isWhole, maxMemoryPolicy, appendOnly, usedMemoryBytes, maxMemoryBytes } = state;
  return [
    ...judgeVersion(version),
    ...judgeCluster(isWhole),
    judgePolicy(maxMemoryPolicy),
    judgeAppendOnly(appendOnly),
    judgeMemory(usedMemoryBytes, maxMemoryBytes),
  ];
}

/** Warns of what {@link judgeRedis} finds, as soon as Redis answers; nothing waits for it. */
export function warnOfRedis(redis: Redis | Cluster, logger: Logger): void {
  redis
    .ping()
    .then(() => lookAtRedis(redis))
    .then(
      (state) => {
        for (const { level, text } of judgeRedis(state)) {
          if (level === 'warning' || level === 'critical') logger.warn(text);
        }
      },
      () => {},
    );
}

function judgeVersion(version: string | null): Judgement[] {
  if (version === null) return [];
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld
    ? [{ level: 'warning', text: `Redis is ${version}; ${OLDEST.join('.')} or later is needed` }]
    : [];
}

function judgeCluster(isWhole: boolean | null): Judgement[] {
  if (isWhole !== false) return [];
  const text =
    'a part of the Redis Cluster is away: what has its queue there is not called for until it is back';
  return [{ level: 'critical', text }];
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

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}
