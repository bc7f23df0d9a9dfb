/** `npm run bench [-- rows …]`: imports of so many rows each, as a table and as JSON in `bench/results/`. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, startServers } from '@mentorline/devstack';
import Table from 'cli-table3';
import { type ImportFigures, importBench } from './import-bench.ts';

const RESULTS = fileURLToPath(new URL('../../results/', import.meta.url));
const DEFAULT_ROWS = [10_000, 50_000];

await launch(async (launcher) => {
  const sizes = process.argv.slice(2).map(Number);
  const dataDir = await mkdtemp(join(tmpdir(), 'mentorline-bench-'));
  const servers = await startServers({ dataDir, env: process.env, say: console.log, disposable: true });
  launcher.stopWith(async () => {
    await servers.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  process.env.MENTORLINE_TEST_MONGODB_URI = servers.mongodbUrl;
  process.env.MENTORLINE_TEST_REDIS_URL = servers.redisUrl;

  const imports: ImportFigures[] = [];
  for (const rows of sizes.length > 0 ? sizes : DEFAULT_ROWS) {
    const teardowns: (() => unknown)[] = [];
    console.log(`Importing ${rows} rows …`);
    imports.push(await importBench({ teardown: (run) => teardowns.push(run) }, rows));
    for (const run of teardowns.reverse()) await run();
  }

  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  await mkdir(RESULTS, { recursive: true });
  const file = join(RESULTS, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  await writeFile(file, `${JSON.stringify({ machine, imports }, null, 2)}\n`);
  console.log(tableOf(imports));
  console.log(`${machine.cores} × ${machine.cpu}, Node ${machine.node}. As JSON: ${file}`);
  return 0;
});

function tableOf(imports: readonly ImportFigures[]): string {
  const table = new Table({
    head: ['rows', 'seconds', 'rows/s', 'limit/s', 'ratio', 'api MiB', 'importer MiB', 'notifier MiB'],
    style: { head: [], border: [] },
  });
  for (const { rows, seconds, rowsPerSecond, limitPerSecond, ratioToLimit, peakMiB } of imports) {
    const whole = [rowsPerSecond, limitPerSecond].map((n) => n.toFixed(0));
    const peaks = [peakMiB.api, peakMiB.importer, peakMiB.notifier].map((n) => n.toFixed(0));
    table.push([rows, seconds.toFixed(2), ...whole, ratioToLimit.toFixed(2), ...peaks]);
  }
  return table.toString();
}
