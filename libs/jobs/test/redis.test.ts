import { Cluster, Redis } from 'ioredis';
import t from 'tap';
import { openRedis } from '../src/redis.ts';

const LAZY = { maxRetriesPerRequest: 0, retryStrategy: () => 1_000, lazyConnect: true };

t.test('a URL names one server, the nodes of a cluster, or sentinels and their primary', async (t) => {
  const one = openRedis('rediss://user:secret@redis.example.org:6380/2', LAZY) as Redis;
  t.match(one.options, { host: 'redis.example.org', port: 6380, db: 2, username: 'user', tls: true });

  const cluster = openRedis('rediss+cluster://user:p%40ss@one:7000,two', LAZY) as Cluster;
  t.ok(cluster instanceof Cluster);
  t.match(cluster.options.redisOptions, { username: 'user', password: 'p@ss', maxRetriesPerRequest: 0 });
  t.ok(cluster.options.redisOptions?.tls);

  const guarded = openRedis('redis+sentinel://:secret@one,two:26380?name=main&sentinelPassword=other', LAZY);
  t.ok(guarded instanceof Redis);
  t.match(guarded.options, {
    sentinels: [
      { host: 'one', port: 26_379 },
      { host: 'two', port: 26_380 },
    ],
    ...{ name: 'main', password: 'secret', sentinelPassword: 'other' },
  });
  for (const client of [one, cluster, guarded]) client.disconnect();
});

t.test('a URL of another kind says what is wanted', async (t) => {
  for (const url of ['redis+cluster://', 'http://redis', 'redis+elsewhere://one']) {
    t.throws(() => openRedis(url, LAZY), { name: 'CannotStart', message: /REDIS_URL must begin with/ });
  }
  t.throws(() => openRedis('redis+sentinel://one', LAZY), { message: /name=mymaster/ });
});
