import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const GUARD_PROCESS = fileURLToPath(new URL('./guard-process.js', import.meta.url));
const GRACE_MS = 5_000;

const living = new Set<ChildProcess>();
let guardInput: Writable | undefined;

/** Starts the guard on first use. Nothing of it keeps this process alive. */
function tellGuard(line: string): void {
  if (!guardInput) {
    const guard = spawn(process.execPath, [GUARD_PROCESS], {
      cwd: '/',
      env: {},
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    guard.once('error', () => {});
    guard.unref();
    guardInput = guard.stdin;
    guardInput.on('error', () => {});
    (guardInput as Writable & { unref?(): void }).unref?.();
  }
  guardInput.write(line);
}

/**
 * Spawns a child that does not outlive this process, even one ended by `kill -9`: the guard ends it then.
 * The child leads its own process group, so a Ctrl-C at the terminal reaches this process only, which stops
 * its children in order.
 */
export function spawnGuarded(
  command: string,
  args: readonly string[],
  options: Omit<SpawnOptions, 'detached'>,
): ChildProcess {
  // The guard first: between the two there must be no moment in which the child has nobody.
  tellGuard('');
  const child = spawn(command, args, { ...options, detached: true });
  const { pid } = child;
  if (pid === undefined) return child;
  living.add(child);
  tellGuard(`+${pid}\n`);
  child.once('exit', () => {
    living.delete(child);
    tellGuard(`-${pid}\n`);
  });
  return child;
}

/** Signals a guarded child and all that it has started in its group. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

/** Ends every guarded child at once: SIGTERM, and SIGKILL for what is left after five seconds. */
export async function stopGuarded(): Promise<void> {
  await Promise.all(
    [...living].map(async (child) => {
      const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
      signalGroup(child, 'SIGTERM');
      await once(child, 'exit');
      clearTimeout(timer);
    }),
  );
}

/** Ends every guarded child without asking it. */
export function killGuarded(): void {
  for (const child of living) signalGroup(child, 'SIGKILL');
}
