import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { findRedisServer } from '../src/binaries.ts';
import { startRedis } from '../src/redis.ts';

async function ask(url: string, command: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
}

t.test('redis never evicts, logs every write, and keeps its data over a restart', async (t) => {
  const folder = t.testdir();
  const binary = await findRedisServer(process.env, () => {});
  const options = { binary, dataDir: join(folder, 'with a space'), logFile: join(folder, 'redis.log') };

  const first = await startRedis(options);
  t.teardown(first.stop);
  t.match(await ask(first.url, 'CONFIG GET maxmemory-policy'), 'noeviction');
  t.match(await ask(first.url, 'CONFIG GET appendonly'), /\r\nyes\r\n$/);
  await ask(first.url, 'SET kept value');
  await first.stop();

  const second = await startRedis({ ...options, disposable: true });
  t.teardown(second.stop);
  t.match(await ask(second.url, 'GET kept'), 'value');
});
