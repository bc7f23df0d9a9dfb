import { CannotStart } from '@mentorline/runtime';
import { Cluster, Redis } from 'ioredis';

/** Where the queues live. `prefix` keeps deployments that share a Redis apart. */
export interface QueueLocation {
  /** See {@link openRedis}. */
  redisUrl: string;
  prefix: string;
}

/** One hash tag a queue: on Redis Cluster all keys of a queue must lie in one slot. */
export function keyPrefix(location: QueueLocation, queue: string): string {
  return `{${location.prefix}-${queue}}`;
}

const SEVERAL_HOSTS = /^(rediss?)\+(cluster|sentinel):\/\/(?:([^:@/]*):([^@/]*)@)?([^/?]+)\/?(?:\?(.*))?$/u;
const PORTS = { cluster: 6379, sentinel: 26_379 };

/** Of every client, whatever it is connected to. */
interface RedisClientOptions {
  maxRetriesPerRequest: number | null;
  retryStrategy: (attempt: number) => number | null;
  lazyConnect?: boolean;
  enableOfflineQueue?: boolean;
  enableAutoPipelining?: boolean;
  commandTimeout?: number;
  connectTimeout?: number;
}

/**
 * A client of one server (`redis://`, `rediss://`), of a cluster (`redis+cluster://host:port,host:port`: any of its nodes),
 * or of whichever server sentinels call the primary (`redis+sentinel://host:port,host:port?name=mymaster`); with
 * `rediss+` over TLS.
 * @throws CannotStart on a URL that is none of these
 */
export function openRedis(redisUrl: string, options: RedisClientOptions): Redis | Cluster {
  if (/^rediss?:\/\//u.test(redisUrl)) return new Redis(redisUrl, options);
  const [, scheme, kind, username, password, hosts, query] = SEVERAL_HOSTS.exec(redisUrl) ?? [];
  if (!hosts) {
    throw new CannotStart(
      'REDIS_URL must begin with redis://, rediss://, redis+cluster:// or redis+sentinel:// and name a host',
    );
  }
  const isTls = scheme === 'rediss';
  const access = {
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(isTls ? { tls: {} } : {}),
  };
  const nodes = hosts.split(',').map((place) => {
    const [, host = '', port] = /^(.*?)(?::(\d+))?$/u.exec(place) ?? [];
    return { host, port: Number(port ?? PORTS[kind as keyof typeof PORTS]) };
  });
  if (kind === 'sentinel') return new Redis({ ...options, ...access, ...ofSentinels(nodes, query, isTls) });
  const { retryStrategy, lazyConnect, enableOfflineQueue, enableAutoPipelining, ...ofEach } = options;
  return new Cluster(nodes, {
    clusterRetryStrategy: retryStrategy,
    ...(lazyConnect === undefined ? {} : { lazyConnect }),
    ...(enableOfflineQueue === undefined ? {} : { enableOfflineQueue }),
    ...(enableAutoPipelining === undefined ? {} : { enableAutoPipelining }),
    // A certificate is for a name: the nodes' names are used as the cluster tells them.
    ...(isTls ? { dnsLookup: (address, done) => done(null, address) } : {}),
    redisOptions: { ...ofEach, ...access },
  });
}

function ofSentinels(sentinels: { host: string; port: number }[], query: string | undefined, isTls: boolean) {
  const given = new URLSearchParams(query);
  const name = given.get('name');
  if (!name) throw new CannotStart('REDIS_URL of sentinels needs the name of the primary: …?name=mymaster');
  const sentinelPassword = given.get('sentinelPassword');
  return {
    ...{ sentinels, name, enableTLSForSentinelMode: isTls },
    ...(sentinelPassword ? { sentinelPassword } : {}),
    sentinelRetryStrategy: (attempt: number) => Math.min(attempt * 100, 2_000),
  };
}

/** A connection that reconnects for ever, as BullMQ's blocking commands need. */
export function connectRedis(location: QueueLocation): Redis | Cluster {
  return openRedis(location.redisUrl, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
}
