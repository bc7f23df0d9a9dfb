import { readFileSync } from 'node:fs';

const POLL_MS = 250;
const SHELLS = new Set(['sh', 'dash', 'bash', 'ash', 'busybox', 'zsh', 'ksh']);

/**
 * Calls `onEnd` when npm, which started this process, or the shell in between has been killed: npm hands a signal
 * to its shell, which does not hand it on. Does nothing in a process that npm did not start.
 */
export function watchNpm(env: NodeJS.ProcessEnv, onEnd: () => void): void {
  if (!env.npm_lifecycle_event) return;
  const atStart = lineage();
  const timer = setInterval(() => {
    if (lineage() === atStart) return;
    clearInterval(timer);
    onEnd();
  }, POLL_MS);
  timer.unref();
}

/** Parent and, where the parent is a shell that npm put in between, its parent; one killed is replaced by another. */
function lineage(): string {
  try {
    const status = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const [, name = '', parent = ''] = /^\d+ \((.*)\) \S (\d+) /s.exec(status) ?? [];
    return SHELLS.has(name) ? `${process.ppid} ${parent}` : `${process.ppid}`;
  } catch {
    // No /proc here: the parent alone has to do.
    return `${process.ppid}`;
  }
}
