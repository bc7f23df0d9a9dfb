import { readFileSync } from 'node:fs';

/** Whether a process runs. One that has ended but was never asked how (a zombie: orphans in a container) does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // No /proc here; or the process has ended this moment, which the next question will tell.
    return true;
  }
}
