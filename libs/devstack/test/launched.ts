/** Not a test: what the tests start in order to kill it, or what stands between. Prints the pids it has started. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { findMongod, findRedisServer } from '../src/binaries.ts';
import { spawnGuarded } from '../src/guard.ts';
import { launch } from '../src/launcher.ts';
import { startMongod } from '../src/mongod.ts';
import { startRedis } from '../src/redis.ts';

const [dataDir = '', withDeaf] = process.argv.slice(2);
const DEAF = "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000);";

await launch(async () => {
  const silent = (): void => {};
  const [mongod, redis] = await Promise.all([
    startMongod({
      binary: await findMongod(process.env, silent),
      dataDir: `${dataDir}/mongodb`,
      logFile: `${dataDir}/mongodb.log`,
    }),
    startRedis({
      binary: await findRedisServer(process.env, silent),
      dataDir: `${dataDir}/redis`,
      logFile: `${dataDir}/redis.log`,
    }),
  ]);
  const pids = [process.pid, mongod.pid, redis.pid];
  if (withDeaf) {
    const deaf = spawnGuarded(process.execPath, ['-e', DEAF], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(createInterface({ input: deaf.stdout! }), 'line');
    pids.push(deaf.pid!);
  }
  process.stdout.write(`${pids.join(' ')}\n`);
  return new Promise<never>(() => {});
});
