import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from '../setup.ts';
import type { Moment } from './moments.ts';

export interface PlannedKill {
  moment: Moment;
  nth: number;
  afterMs?: number;
}

export interface Fault {
  /**
   * Kills at the first of these moments, the process started after that at the second, and so on; `nth` time there, and
   * so long after it.
   */
  plan?: readonly PlannedKill[];
  /** Kills whenever a document is about to be written whose title contains this. */
  poison?: string;
}

/** Makes a service die. @returns the environment to start it with, and what it has died of so far */
export async function injectFault(
  t: TestContext,
  { plan = [], poison }: Fault,
): Promise<{ env: NodeJS.ProcessEnv; deaths(): Promise<string[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-fault-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const log = join(folder, 'deaths');
  await writeFile(log, '');
  return {
    env: {
      NODE_OPTIONS: `--import=${new URL('./preload.js', import.meta.url)}`,
      FAULT_LOG: log,
      FAULT_PLAN: JSON.stringify(plan),
      ...(poison && { FAULT_POISON: poison }),
    },
    deaths: async () => (await readFile(log, 'utf8')).split('\n').slice(0, -1),
  };
}
