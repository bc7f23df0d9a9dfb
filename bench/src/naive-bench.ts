import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPeople, setup, type TestContext } from '@mentorline/testkit';
import { invalidOf, MENTEES, MENTORS, writeBenchFile } from './bench-file.ts';
import { importNaively } from './naive-import.ts';

export interface NaiveFigures {
  rows: number;
  /** From the stored file to the last row; there is no report. */
  seconds: number;
  rowsPerSecond: number;
}

/** The same rows, on the same servers, in the plain way. */
export async function naiveBench(t: TestContext, rows: number): Promise<NaiveFigures> {
  const { store, organisation, users } = await setup(t);
  await createPeople(store, organisation.id, MENTORS, MENTEES);
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-naive-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'sessions.csv');
  await writeBenchFile(file, rows);

  const startedAt = performance.now();
  const outcomes = await importNaively(
    store,
    { organisation, user: users.get('manager@example.org')! },
    file,
  );
  const seconds = (performance.now() - startedAt) / 1_000;

  const invalid = outcomes.filter((outcome) => outcome === 'invalid').length;
  if (outcomes.length !== rows || invalid !== invalidOf(rows)) {
    throw new Error(`Of ${rows} rows ${outcomes.length} were imported, ${invalid} of them invalid`);
  }
  return { rows, seconds, rowsPerSecond: rows / seconds };
}
