import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { acceptFile, sessionFile, setup, waitFor } from '@mentorline/testkit';
import t from 'tap';
import { goodRow } from './run-file.ts';

/** Of the log's levels. */
const WARN = 40;
const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));

function start(t: { teardown(run: () => unknown): unknown }, env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

t.test('an environment that cannot be used is told in sentences', async (t) => {
  const child = start(t, { INTERNAL_PORT: 'eighty', IMPORT_PARTITIONS: '0' });
  const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
  t.equal(code, 1);
  const lines = stderr.trim().split('\n');
  t.equal(lines[0], 'importer cannot start; its environment needs mending:');
  t.same(
    lines
      .slice(1)
      .map((line) => line.split(':')[0])
      .sort(),
    ['  - IMPORT_PARTITIONS=0', '  - INTERNAL_PORT=eighty'],
  );
});

t.test('an importer finds by itself what waits, logs JSON, and stops in order', async (t) => {
  const fixtures = await setup(t);
  const { store, mongodbUri, redisUrl, queuePrefix } = fixtures;
  const { id } = await acceptFile(fixtures, sessionFile([goodRow({ title: 'canary-title' })]));
  const child = start(t, {
    MONGODB_URI: mongodbUri,
    REDIS_URL: redisUrl,
    QUEUE_PREFIX: queuePrefix,
    INTERNAL_PORT: '0',
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line));
  // Which is said after it is so: an importer stopped in between would say it while it stops.
  await waitFor('the end is said', async () => lines.some((line) => line.includes('import completed')));
  t.match(await store.imports.findImport(id), { status: 'completed' });
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  t.same(await exit, [0, null]);
  const messages = lines
    .map((line) => JSON.parse(line) as { level: number; msg: string })
    // What it thinks of this Redis is not the point here.
    .filter(({ level }) => level !== WARN)
    .map(({ msg }) => msg);
  t.same(messages, ['started', 'import claimed', 'import completed', 'stopping', 'stopped']);
  t.notMatch(lines.join('\n'), 'canary-title', 'what stands in cells is not logged');
});
