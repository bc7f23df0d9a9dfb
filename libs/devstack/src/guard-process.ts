/**
 * The guard outlives its parent, however that ends. It is told the process groups that the parent started
 * (`+pid`, `-pid` on standard input) and, when the parent is gone and the pipe closes, ends those still running.
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 5_000;
const POLL_MS = 50;

const groups = new Set<number>();

function signal(name: NodeJS.Signals | 0): void {
  for (const group of groups) {
    try {
      process.kill(-group, name);
    } catch {
      groups.delete(group);
    }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) groups.add(pid);
  else groups.delete(pid);
}
signal('SIGTERM');
for (let waitedMs = 0; groups.size > 0 && waitedMs < GRACE_MS; waitedMs += POLL_MS) {
  await delay(POLL_MS);
  signal(0);
}
signal('SIGKILL');
