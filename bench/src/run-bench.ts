/**
 * `npm run bench [-- imports [rows …] | naive [rows] | shards [rows] | latency | posts [rows] | mails [mails] | gateway |
 * lists [sessions] [users]]`, or all of them: prints what was measured and the goals, and writes it as JSON to
 * `bench/results/`.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, stopGuarded } from '@mentorline/devstack';
import { type Measure, onFreshServers } from './fresh-servers.ts';
import { gatewayBench } from './gateway-bench.ts';
import { type Figures, judgeGoals } from './goals.ts';
import { importBench } from './import-bench.ts';
import { latencyBench } from './latency-bench.ts';
import { listsBench } from './lists-bench.ts';
import { mailsBench } from './mails-bench.ts';
import { naiveBench } from './naive-bench.ts';
import { postsBench } from './posts-bench.ts';
import { printFigures, printGoals } from './print-figures.ts';

const RESULTS = fileURLToPath(new URL('../../results/', import.meta.url));

/** What MongoDB would take on a machine of its own with little memory: a million sessions and their indexes fit in. */
const LIST_SERVERS = { cacheGigabytes: 4 };

/** By name; `rows` are the numbers given on the command line. */
const BENCHMARKS: Record<string, (measure: Measure, figures: Figures, rows: number[]) => Promise<void>> = {
  async imports(measure, { imports }, rows) {
    for (const size of rows.length > 0 ? rows : [10_000, 100_000, 1_000_000]) {
      imports.push(await measure(`import of ${size} rows`, (t) => importBench(t, { rows: size })));
    }
  },
  async naive(measure, figures, [rows = 2_000]) {
    figures.naive = await measure(`${rows} rows the plain way`, (t) => naiveBench(t, rows));
  },
  async shards(measure, { shards }, [rows = 100_000]) {
    for (const importers of [1, 2, 4]) {
      const what = `import of ${rows} rows by ${importers} importer(s)`;
      shards.push(await measure(what, (t) => importBench(t, { rows, importers })));
    }
  },
  async latency(measure, figures) {
    const task = { rows: 20, imports: 100 };
    figures.latency = await measure('100 imports of 20 rows', (t) => latencyBench(t, task));
  },
  async posts(measure, figures, [rows = 100_000]) {
    figures.posts = await measure(`single sessions beside ${rows} rows`, (t) => postsBench(t, rows));
  },
  async mails(measure, figures, [mails = 10_000]) {
    figures.mails = await mailsBench(measure, mails);
  },
  async gateway(measure, figures) {
    figures.gateway = await measure('the gateway beside a bare server', gatewayBench);
  },
  async lists(measure, figures, [sessions = 1_000_000, users = 100_000]) {
    const what = `lists of ${sessions} sessions and ${users} users`;
    figures.lists = await measure(what, (t) => listsBench(t, { sessions, users }), LIST_SERVERS);
  },
};

await launch(async (launcher) => {
  const [chosen, ...sizes] = process.argv.slice(2);
  const rows = sizes.map(Number);
  if ((chosen !== undefined && !(chosen in BENCHMARKS)) || !rows.every((n) => Number.isInteger(n) && n > 0)) {
    console.error(
      `Choose one of ${Object.keys(BENCHMARKS).join(', ')}, with numbers of rows; nothing for all.`,
    );
    return 2;
  }
  // Close to 0 on a machine that does nothing else; otherwise the figures are those of a part of it.
  const [loadBefore] = loadavg();
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-bench-'));
  launcher.stopWith(async () => {
    await stopGuarded();
    await rm(folder, { recursive: true, force: true });
  });
  const measure: Measure = (what, run, size) => {
    console.log(`${what} …`);
    return onFreshServers(folder, run, size);
  };

  const figures: Figures = { imports: [], shards: [] };
  for (const name of chosen ? [chosen] : Object.keys(BENCHMARKS)) {
    await BENCHMARKS[name]!(measure, figures, rows);
  }
  const goals = judgeGoals(figures);
  printFigures(figures);
  printGoals(goals);

  const [cpu] = cpus();
  const machine = {
    cpu: cpu?.model,
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version,
    loadBefore,
  };
  await mkdir(RESULTS, { recursive: true });
  const file = join(RESULTS, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  await writeFile(file, `${JSON.stringify({ machine, ...figures, goals }, null, 2)}\n`);
  console.log(
    `${machine.cores} × ${machine.cpu}, load ${loadBefore?.toFixed(1)} before, Node ${machine.node}. As JSON: ${file}`,
  );
  return 0;
});
