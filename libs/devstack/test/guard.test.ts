import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { isRunning } from '../src/is-running.ts';

const LAUNCHED = fileURLToPath(new URL('./launched.js', import.meta.url));
const GONE_WITHIN_MS = 6_000;

/** Starts `command` and reads the pids which the launcher in it prints once all is up. */
async function start(t: Test, command: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(command, args, {
    env: { ...process.env, npm_lifecycle_event: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const pids = line.split(' ').map(Number);
  t.teardown(() => {
    for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  t.ok(pids.every(isRunning), 'launcher, mongod and redis-server are running');
  return { child, pids };
}

async function expectAllGone(t: Test, pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + GONE_WITHIN_MS;
  while (pids.some(isRunning) && performance.now() < deadline) await delay(50);
  t.same(pids.filter(isRunning), [], 'none is left');
}

function killHard(child: ChildProcess): void {
  child.kill('SIGKILL');
}

t.test('nothing outlives a launcher ended by kill -9, not even a process deaf to SIGTERM', async (t) => {
  const { child, pids } = await start(t, process.execPath, [LAUNCHED, t.testdir(), 'with a deaf process']);
  t.equal(pids.length, 4);
  killHard(child);
  await expectAllGone(t, pids);
});

t.test('SIGTERM ends the launcher and all that it started', async (t) => {
  const { child, pids } = await start(t, process.execPath, [LAUNCHED, t.testdir()]);
  child.kill('SIGTERM');
  await expectAllGone(t, pids);
});

t.test('a launcher that npm started ends with the shell that npm put in between', async (t) => {
  const script = `"${process.execPath}" "${LAUNCHED}" "${t.testdir()}"; true`;
  const { child, pids } = await start(t, 'sh', ['-c', script], { npm_lifecycle_event: 'start' });
  killHard(child);
  await expectAllGone(t, pids);
});

t.test('a launcher that npm started ends with npm, even if the shell in between stays', async (t) => {
  const script = `"${process.execPath}" "${LAUNCHED}" "${t.testdir()}"; true`;
  const npm = ['-c', `sh -c '${script}'; true`];
  const { child, pids } = await start(t, 'sh', npm, { npm_lifecycle_event: 'start' });
  killHard(child);
  await expectAllGone(t, pids);
});
