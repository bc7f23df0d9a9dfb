import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '@mentorline/runtime';
import { connectStore, type Store } from '@mentorline/store';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueName } from '../src/job-list.ts';
import { connectRedis, keyPrefix, type QueueLocation } from '../src/redis.ts';

/** What of a tap test is needed: tap's own types differ from file to file by plugins. */
export interface TestContext {
  teardown(run: () => unknown): unknown;
}

export const SILENT = createLogger({ service: 'test', level: 'silent' });

function serverUrl(name: 'MENTORLINE_TEST_MONGODB_URI' | 'MENTORLINE_TEST_REDIS_URL'): string {
  const url = process.env[name];
  if (!url) throw new Error('This test needs MongoDB and Redis: run it by npm test -- <file>');
  return url;
}

/** A fresh database; it goes when the test ends. */
export async function openStore(t: TestContext): Promise<Store> {
  const uri = new URL(serverUrl('MENTORLINE_TEST_MONGODB_URI'));
  uri.pathname = `/test_${randomBytes(6).toString('hex')}`;
  const store = await connectStore({ uri: uri.href });
  t.teardown(async () => {
    await store.connection.dropDatabase();
    await store.close();
  });
  return store;
}

/** Queues of the test's own; `forgetAll` is what a FLUSHALL would do to them. All of it goes when the test ends. */
export function ownQueues(t: TestContext): QueueLocation & { forgetAll(): Promise<void> } {
  const location = {
    redisUrl: serverUrl('MENTORLINE_TEST_REDIS_URL'),
    prefix: `test_${randomBytes(6).toString('hex')}`,
  };
  const redis = connectRedis(location) as Redis;
  const forgetAll = async (): Promise<void> => {
    for await (const keys of redis.scanStream({ match: `{${location.prefix}-*`, count: 1_000 })) {
      if (keys.length > 0) await redis.del(keys);
    }
  };
  t.teardown(async () => {
    await forgetAll();
    redis.disconnect();
  });
  return { ...location, forgetAll };
}

/** A look at a queue past the product's own code. */
export function lookAt(t: TestContext, location: QueueLocation, name: QueueName): Queue {
  const connection = connectRedis(location);
  const queue = new Queue(name, { connection, prefix: keyPrefix(location, name) });
  t.teardown(async () => {
    await queue.close();
    connection.disconnect();
  });
  return queue;
}

/** A way to Redis that can be cut, or fall silent, and be mended again. */
export async function startCable(
  t: TestContext,
  location: QueueLocation,
): Promise<QueueLocation & { cut(): void; silence(): void; mend(): void }> {
  const target = new URL(location.redisUrl);
  const sockets = new Set<Socket>();
  let state: 'whole' | 'cut' | 'silent' = 'whole';
  const server = createServer((near) => {
    if (state === 'cut') return near.destroy();
    const far = connect(Number(target.port || 6379), target.hostname);
    near.on('data', (bytes) => state === 'whole' && far.write(bytes));
    far.on('data', (bytes) => state === 'whole' && near.write(bytes));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(async () => {
    hangUp();
    server.close();
    await once(server, 'close');
  });
  return {
    prefix: location.prefix,
    redisUrl: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      state = 'cut';
      hangUp();
    },
    silence() {
      state = 'silent';
    },
    mend() {
      state = 'whole';
      hangUp();
    },
  };
}

/** Asks until the answer is yes. @throws when it is not within `timeoutMs`, naming what was waited for */
export async function until(
  what: string,
  ask: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await delay(20);
  }
}
