import { join } from 'node:path';
import type { TestContext } from '@mentorline/testkit';
import { invalidOf, writeBenchFile } from './bench-file.ts';
import { startBenchSuite } from './bench-suite.ts';
import { insertLimit } from './insert-limit.ts';
import { peakBytes } from './process-usage.ts';

export interface ImportFigures {
  rows: number;
  /** Processes, and as many shards. */
  importers: number;
  /** From the 202 to the report in the inbox. */
  seconds: number;
  rowsPerSecond: number;
  /** Sessions a second that a bare `insertMany` of the same documents reaches, on the same servers. */
  limitPerSecond: number;
  ratioToLimit: number;
  /** Largest resident sets; of several importers the largest. Of Redis what it says itself. */
  peakBytes: { api: number; importer: number; notifier: number; redis: number };
  /** CPU time over wall time: 1 is one core all the time. All importers together. */
  cores: { mongod: number; importer: number };
}

/** Uploads a file of so many rows to a fresh suite, and waits for its mail. */
export async function importBench(
  t: TestContext,
  { rows, importers = 1 }: { rows: number; importers?: number },
): Promise<ImportFigures> {
  const shardRows = Math.floor(rows / importers);
  const env = { IMPORT_SHARDS: String(importers), IMPORT_SHARD_ROWS: String(shardRows) };
  const suite = await startBenchSuite(t, { importers, env });
  const file = join(suite.folder, 'sessions.csv');
  await writeBenchFile(file, rows);

  const report = suite.nextReport();
  const { id } = await suite.upload(file);
  const acceptedAt = performance.now();
  const cpuBefore = await suite.cpuSeconds();
  await report;
  const seconds = (performance.now() - acceptedAt) / 1_000;
  const cpuAfter = await suite.cpuSeconds();

  const ended = await suite.store.imports.findImport(id);
  if (ended?.status !== 'completed' || ended.rows?.invalid !== invalidOf(rows)) {
    throw new Error(`The import of ${rows} rows is not what it should be: ${JSON.stringify(ended?.rows)}`);
  }
  const { api, notifier } = suite.pids;
  const peaks = {
    api: await peakBytes(api),
    importer: Math.max(...(await Promise.all(suite.pids.importers.map(peakBytes)))),
    notifier: await peakBytes(notifier),
    redis: await suite.redisPeakBytes(),
  };
  const limitPerSecond = await insertLimit(suite.store);
  const rowsPerSecond = rows / seconds;
  return {
    rows,
    importers,
    seconds,
    rowsPerSecond,
    limitPerSecond,
    ratioToLimit: rowsPerSecond / limitPerSecond,
    peakBytes: peaks,
    cores: {
      mongod: (cpuAfter.mongod - cpuBefore.mongod) / seconds,
      importer: (cpuAfter.importer - cpuBefore.importer) / seconds,
    },
  };
}
