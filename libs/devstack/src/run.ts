import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { signalGroup, spawnGuarded } from './guard.ts';

/**
 * Runs a program to its end.
 * @returns what it printed
 * @throws when it cannot be run, fails or takes longer than `timeoutMs`; the message ends with its last words
 */
export async function run(
  command: string,
  args: readonly string[],
  options: { timeoutMs: number; env?: NodeJS.ProcessEnv },
): Promise<string> {
  const child = spawnGuarded(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    signalGroup(child, 'SIGKILL');
  }, options.timeoutMs);
  try {
    const [output, faults, [code]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    if (code === 0) return output;
    if (late) throw new Error(`no end within ${options.timeoutMs / 1000} s`);
    throw new Error(faults.trim().split('\n').at(-1) || `exit code ${code}`);
  } finally {
    clearTimeout(timer);
  }
}
