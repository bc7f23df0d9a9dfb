import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const SERVICE = fileURLToPath(new URL('./one-line.js', import.meta.url));

/** What a service prints whose standard output is a terminal. */
async function onTerminal(environment: string): Promise<string> {
  const args = ['-c', 'import pty, sys; pty.spawn(sys.argv[1:])', process.execPath, SERVICE];
  const env = { ...process.env, NODE_ENV: environment, NO_COLOR: '1' };
  return text(spawn('python3', args, { env, stdio: ['ignore', 'pipe', 'inherit'] }).stdout);
}

t.test('on a terminal a line is for people', async (t) => {
  const printed = await onTerminal('development');
  t.match(printed, /WARN.*small: Redis is away/);
  t.match(printed, 'importId: "abc"');
  t.notMatch(printed, '"level"');
});

t.test('in production it is JSON there too', async (t) => {
  t.match(JSON.parse(await onTerminal('production')), { level: 40, service: 'small', msg: 'Redis is away' });
});

t.test('where nobody looks on it is JSON', async (t) => {
  const printed = await text(
    spawn(process.execPath, [SERVICE], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout,
  );
  t.match(JSON.parse(printed), { level: 40, importId: 'abc' });
});
