import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const SERVICE = fileURLToPath(new URL('./small-service.js', import.meta.url));

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Messages of the log, in order. */
  messages: string[];
  lastLine: Record<string, unknown>;
  stderr: string;
}

/** Runs the service; once it has started, or says that it is about to, sends it the signals. */
async function run(env: Record<string, string>, signals: readonly NodeJS.Signals[] = []): Promise<Ended> {
  const child = spawn(process.execPath, [SERVICE], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  const stderr = text(child.stderr);
  const messages: string[] = [];
  let lastLine: Record<string, unknown> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    lastLine = JSON.parse(line) as Record<string, unknown>;
    const msg = String(lastLine.msg);
    messages.push(msg);
    if (msg === 'started' || msg === 'starting') for (const signal of signals) child.kill(signal);
  }
  const [code, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  return { code, signal, messages, lastLine, stderr: await stderr };
}

t.test('a signal ends the service with 0 once it has finished its work', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { code, messages, stderr } = await run({}, [signal]);
    t.equal(code, 0, signal);
    t.same(messages, ['started', 'stopping', 'finished what was under way', 'stopped']);
    t.equal(stderr, '');
  }
});

t.test('a signal ends a service that is still starting at once, with 0', async (t) => {
  const { code, signal, messages, stderr } = await run({ START: 'hang' }, ['SIGTERM']);
  t.same({ code, signal, messages, stderr }, { code: 0, signal: null, messages: ['starting'], stderr: '' });
});

t.test('a second signal does not cut the stop short', async (t) => {
  const { code, messages } = await run({}, ['SIGTERM', 'SIGINT', 'SIGTERM']);
  t.equal(code, 0);
  t.same(messages, ['started', 'stopping', 'finished what was under way', 'stopped']);
});

t.test('an environment that cannot be used is told in sentences', async (t) => {
  const { code, messages, stderr } = await run({ PORT: 'eighty', LIMIT: 'none' });
  t.equal(code, 1);
  t.same(messages, []);
  t.match(
    stderr,
    /^small service cannot start; its environment needs mending:\n {2}- PORT=eighty.*\n {2}- LIMIT=none/,
  );
  t.notMatch(stderr, /\n\s+at /, 'no stack: the reader is a person at a terminal');
});

t.test(
  'a start that fails for another reason ends with 1 and says where, and nothing of its data',
  async (t) => {
    const { code, stderr } = await run({ START: 'fail' });
    t.equal(code, 1);
    t.match(stderr, /the database is away\n\s+at /);
    t.notMatch((await run({ START: 'fail on contents' })).stderr, 'asha');
  },
);

t.test('a stop that hangs is cut off by the deadline', async (t) => {
  const { code, messages } = await run({ STOP: 'hang' }, ['SIGTERM']);
  t.equal(code, 1, 'not 0: whoever stopped it must learn that it did not finish');
  t.same(messages, ['started', 'stopping', 'did not stop in time']);
});

t.test(
  'a fault that nobody handles ends the service with 1 and one fatal line, without contents',
  async (t) => {
    for (const START of ['reject', 'throw']) {
      const { code, messages, lastLine, stderr } = await run({ START });
      t.equal(code, 1, START);
      t.same(messages, ['started', 'ended by a fault that nobody handled']);
      t.match(lastLine, {
        level: 60,
        service: 'small',
        err: { type: 'Error', code: 11_000, message: 'E11000 duplicate key error index: email_1 dup key' },
      });
      t.match((lastLine.err as { stack: string }).stack, /^\s+at duplicate .*small-service/u);
      t.notMatch(`${JSON.stringify(lastLine)}${stderr}`, 'asha');
      t.equal(stderr, '', 'nothing goes past the log');
    }
  },
);

t.test('a stop that fails ends the service so, too', async (t) => {
  const { code, messages, lastLine, stderr } = await run({ STOP: 'fail' }, ['SIGTERM']);
  t.equal(code, 1);
  t.same(messages, ['started', 'stopping', 'ended by a fault that nobody handled']);
  t.match(lastLine, { err: { message: 'cannot close' } });
  t.equal(stderr, '');
});
