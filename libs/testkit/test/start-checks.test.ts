import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findMongod, freePorts, startProcess } from '@mentorline/devstack';
import { connectStore } from '@mentorline/store';
import t from 'tap';
import { setup, waitFor } from '../src/index.ts';

const IMPORTER = fileURLToPath(new URL('../../../../services/importer/build/src/main.js', import.meta.url));

/** Starts an importer that cannot start. @returns what it says to whoever started it */
async function startInVain(mongodbUri: string): Promise<{ code: unknown; said: string }> {
  const child = spawn(process.execPath, [IMPORTER], {
    env: { MONGODB_URI: mongodbUri, REDIS_URL: 'redis://127.0.0.1:1', INTERNAL_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code, said };
}

t.test('a service that cannot start on its MongoDB says why in a sentence', async (t) => {
  const [port, nobody] = await freePorts(2);
  const dataDir = t.testdir();
  const standalone = await startProcess({
    name: 'mongod',
    command: await findMongod(process.env, () => {}),
    args: ['--dbpath', dataDir, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'],
    logFile: join(dataDir, 'mongod.log'),
    isReady: async () => true,
    readyTimeoutMs: 60_000,
    stopSignal: 'SIGKILL',
    stopTimeoutMs: 15_000,
  });
  t.teardown(() => standalone.stop());
  const uri = `mongodb://127.0.0.1:${port}/mentorline`;
  const notSet = /^MongoDB at 127\.0\.0\.1:\d+ is not a replica set.*--replSet rs0.*\n$/;
  const refusal = await waitFor('mongod answers', async () => {
    const { message } = await connectStore({ uri }).then(
      () => ({ message: '' }),
      (error: Error) => error,
    );
    return message.includes('replica set') && message;
  });
  t.match(`${refusal}\n`, notSet);
  const asSet = await startInVain(`${uri}?replicaSet=rs0`);
  t.equal(asSet.code, 1);
  t.match(asSet.said, notSet);

  const away = await startInVain(`mongodb://127.0.0.1:${nobody}/mentorline?replicaSet=rs0`);
  t.match(away.said, /^MongoDB has no primary that can be reached within 10 seconds at 127\.0\.0\.1:\d+: /);

  const { mongodbUri } = await setup(t);
  const other = new URL(mongodbUri);
  other.searchParams.set('replicaSet', 'another');
  const misnamed = await startInVain(other.href);
  t.match(misnamed.said, /is the replica set rs0; MONGODB_URI says replicaSet=another/);
  const unreadable = await startInVain('mongodb+elsewhere://x');
  t.match(unreadable.said, /^MONGODB_URI cannot be used: /);
  for (const { said } of [asSet, away, misnamed, unreadable]) t.notMatch(said, /\n\s+at /, 'no stack');
});
