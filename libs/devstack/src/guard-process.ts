/**
 * The guard outlives its parent, however that ends. It is told the process groups that the parent started
 * (`+pid`, `-pid` on standard input) and, when the parent is gone and the pipe closes, ends those still running:
 * the newest first, for what was started later uses what was started earlier and stops at once while that is there.
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** After this nobody is asked any more. */
const GRACE_MS = 5_000;
/** How long one may take before the next is asked as well. */
const HEAD_START_MS = 750;
const POLL_MS = 50;

/** In the order of their start. */
const groups = new Set<number>();

/** @returns whether there was anybody to signal */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name);
  } catch {
    return false;
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
  let alive = signal(group, 'SIGTERM');
  while (alive && performance.now() < next) {
    await delay(POLL_MS);
    alive = signal(group, 0);
  }
}
while (performance.now() < deadline && [...groups].some((group) => signal(group, 0))) await delay(POLL_MS);
for (const group of groups) signal(group, 'SIGKILL');
