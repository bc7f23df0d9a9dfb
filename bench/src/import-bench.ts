import { readFile } from 'node:fs/promises';
import { createPeople, runSuite, setup, type TestContext } from '@mentorline/testkit';
import { benchFile, MENTEES, MENTORS } from './bench-file.ts';
import { insertLimit } from './insert-limit.ts';

export interface ImportFigures {
  rows: number;
  /** From the 202 to the report in the inbox. */
  seconds: number;
  rowsPerSecond: number;
  /** Sessions a second that a bare `insertMany` of the same documents reaches, in the same run. */
  limitPerSecond: number;
  ratioToLimit: number;
  /** Largest resident set of each service, in MiB. */
  peakMiB: { api: number; importer: number; notifier: number };
}

const TIMEOUT_MS = 30 * 60_000;

/** Uploads a file of so many rows to a fresh suite, and waits for its mail. */
export async function importBench(t: TestContext, rows: number): Promise<ImportFigures> {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  await createPeople(store, organisation.id, MENTORS, MENTEES);
  const suite = await runSuite(t, fixtures, { env: { LOG_LEVEL: 'warn', IMPORT_LEASE_MS: '10000' } });
  const manager = await suite.signIn('manager@example.org');
  const file = new Uint8Array(benchFile(rows));

  const arrived = suite.inbox.waitForMessage(() => true, TIMEOUT_MS);
  const { id } = await manager.upload(`${rows}.csv`, file);
  const acceptedAt = performance.now();
  await arrived;
  const seconds = (performance.now() - acceptedAt) / 1_000;

  const ended = await store.imports.findImport(id);
  if (ended?.status !== 'completed' || ended.rows?.invalid !== rows / 20) {
    throw new Error(`The import of ${rows} rows is not what it should be: ${JSON.stringify(ended?.rows)}`);
  }
  const peak = async (name: 'api' | 'importer' | 'notifier'): Promise<number> => peakMiB(suite.pid(name));
  const peaks = {
    api: await peak('api'),
    importer: await peak('importer'),
    notifier: await peak('notifier'),
  };
  const limitPerSecond = await insertLimit(store);
  const rowsPerSecond = rows / seconds;
  return {
    rows,
    seconds,
    rowsPerSecond,
    limitPerSecond,
    ratioToLimit: rowsPerSecond / limitPerSecond,
    peakMiB: peaks,
  };
}

/** The kernel's own record of a process's largest resident set (Linux). */
async function peakMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1] ?? Number.NaN) / 1024;
}
