import { within } from '@mentorline/runtime';
import type { Cluster, Redis } from 'ioredis';

/** What Redis tells of itself, where it tells it. */
export interface RedisState {
  version: string | null;
  usedMemoryBytes: number | null;
  /** 0: no limit. */
  maxMemoryBytes: number | null;
  maxMemoryPolicy: string | null;
  appendOnly: boolean | null;
  /** Whether a cluster has a node for every key; `null`: it is no cluster. */
  isWhole: boolean | null;
}

/** Of a node of a cluster, what it tells of itself. */
type NodeState = Omit<RedisState, 'isWhole'>;

/** Operators look when something is wrong: what does not answer must not keep the rest from being shown. */
export const PATIENCE_MS = 1_500;

/** Of the answer to INFO; services that hide part of it leave that part unknown. */
export function readInfo(text: string): NodeState {
  const values = new Map(
    text.split(/\r?\n/u).flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)]] : [];
    }),
  );
  const number = (name: string): number | null => (values.has(name) ? Number(values.get(name)) : null);
  const appendOnly = number('aof_enabled');
  return {
    version: values.get('redis_version') ?? null,
    usedMemoryBytes: number('used_memory'),
    maxMemoryBytes: number('maxmemory'),
    maxMemoryPolicy: values.get('maxmemory_policy') ?? null,
    appendOnly: appendOnly === null ? null : appendOnly === 1,
  };
}

/**
 * Of a cluster each node is asked, and the worst of them shown: jobs are as safe as on the node that has their queue.
 * @returns undefined when Redis does not answer in time
 */
export async function lookAtRedis(redis: Redis | Cluster): Promise<RedisState | undefined> {
  if (!('nodes' in redis)) {
    const state = await ask(redis);
    return state && { ...state, isWhole: null };
  }
  // A cluster knows its nodes once it has been asked something.
  const told = await within(redis.cluster('INFO'), PATIENCE_MS, undefined);
  const states = await Promise.all(redis.nodes('master').map(ask));
  const nodes = states.filter((state) => state !== undefined);
  if (told === undefined || nodes.length === 0) return undefined;
  return { ...nodes.reduce(worse), isWhole: /^cluster_state:ok\r?$/mu.test(String(told)) };
}

function ask(server: Redis): Promise<NodeState | undefined> {
  return within(server.info().then(readInfo), PATIENCE_MS, undefined);
}

/** Of each property the one that endangers more; what one node hides is as the other tells. */
function worse(one: NodeState, other: NodeState): NodeState {
  const [fuller, emptier] = fullness(one) >= fullness(other) ? [one, other] : [other, one];
  const policies = [one.maxMemoryPolicy, other.maxMemoryPolicy].filter((policy) => policy !== null);
  return {
    version: older(one.version, other.version),
    usedMemoryBytes: fuller.usedMemoryBytes ?? emptier.usedMemoryBytes,
    maxMemoryBytes: fuller.maxMemoryBytes,
    maxMemoryPolicy: policies.find((policy) => policy !== 'noeviction') ?? policies[0] ?? null,
    appendOnly:
      one.appendOnly === false || other.appendOnly === false ? false : (one.appendOnly ?? other.appendOnly),
  };
}

/** 0 to 1; where there is no limit next to nothing, and more where more is used. */
function fullness({ usedMemoryBytes, maxMemoryBytes }: NodeState): number {
  if (usedMemoryBytes === null) return -1;
  return maxMemoryBytes ? usedMemoryBytes / maxMemoryBytes : usedMemoryBytes / Number.MAX_SAFE_INTEGER;
}

function older(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one.localeCompare(other, 'en', { numeric: true }) <= 0 ? one : other;
}
