/**
 * The guard outlives its parent, however that ends. It is told the process groups that the parent started
 * (`+pid`, `-pid` on standard input) and, when the parent is gone and the pipe closes, ends those still running:
 * the newest first, for what was started later uses what was started earlier and stops at once while that is there.
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from './is-running.ts';

/** After this nobody is asked any more. */
const GRACE_MS = 5_000;
/** How long one may take before the next is asked as well. */
const HEAD_START_MS = 750;
const POLL_MS = 25;

/** In the order of their start. */
const groups = new Set<number>();

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch {
    // Gone already.
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) groups.add(pid);
  else groups.delete(pid);
}

const deadline = performance.now() + GRACE_MS;
for (const group of [...groups].reverse()) {
  const next = Math.min(performance.now() + HEAD_START_MS, deadline);
  signal(group, 'SIGTERM');
  while (isRunning(group) && performance.now() < next) await delay(POLL_MS);
}
while ([...groups].some(isRunning) && performance.now() < deadline) await delay(POLL_MS);
for (const group of groups) signal(group, 'SIGKILL');
