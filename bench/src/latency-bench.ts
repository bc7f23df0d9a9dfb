import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from '@mentorline/testkit';
import { benchFile, invalidOf } from './bench-file.ts';
import { startBenchSuite } from './bench-suite.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

export interface LatencyFigures {
  rows: number;
  /** From the 202 to the report in the inbox, cold ones included. */
  ms: Percentiles;
}

/** Imports of `rows` rows each, the next when the report of the one before is there. */
export async function latencyBench(
  t: TestContext,
  { rows, imports }: { rows: number; imports: number },
): Promise<LatencyFigures> {
  const suite = await startBenchSuite(t, {});
  const file = join(suite.folder, 'sessions.csv');
  const times: number[] = [];
  for (let from = 0; from < imports * rows; from += rows) {
    await writeFile(file, benchFile(from, from + rows));
    const report = suite.nextReport();
    await suite.upload(file);
    const acceptedAt = performance.now();
    await report;
    times.push(performance.now() - acceptedAt);
  }
  const total = await suite.store.connection.collection('sessions').countDocuments({ cancelledAt: null });
  const published = imports * rows - invalidOf(imports * rows);
  if (total !== published) throw new Error(`${total} sessions were published instead of ${published}`);
  return { rows, ms: percentilesOf(times) };
}
