/**
 * `npm test`: MongoDB and Redis once for the whole run, then tap over the built tests. Arguments are handed to tap:
 * options, or test files instead of all. Those named have a process each, as does every test that starts services; of all
 * others several share one. The last line is `N passed, N failed`.
 */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Servers, spawnGuarded, startServers, stopGuarded } from '@mentorline/devstack';
import { countTests, type TestCounts } from './count-tests.ts';
import { groupTests } from './group-tests.ts';
import { REPOSITORY } from './repository.ts';

const TAP = join(REPOSITORY, 'node_modules', '.bin', 'tap');

/** In a log, failures only: on a terminal tap's own choice draws over itself. */
const REPORTER = process.stdout.isTTY ? [] : ['--reporter=terse'];

/** @returns the exit code */
async function runTap(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const tap = spawnGuarded(process.execPath, [TAP, ...args], {
    cwd: REPOSITORY,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(tap, 'exit')) as [number | null];
  return code ?? 1;
}

/**
 * tap compiles itself anew when the plugins of `.taprc` are not those it was installed with, but only in the middle
 * of a run, too late for the tests of that run. So it is done before the first one.
 */
async function prepareTap(env: NodeJS.ProcessEnv): Promise<void> {
  const installed = createRequire(import.meta.url).resolve('@tapjs/test/test-built');
  const [built, settings] = await Promise.all([
    readFile(installed, 'utf8'),
    readFile(join(REPOSITORY, '.taprc'), 'utf8'),
  ]);
  const leftOut = Array.from(settings.matchAll(/"!(@tapjs\/[^"]+)"/gu), ([, plugin]) => plugin!);
  if (leftOut.some((plugin) => built.includes(plugin))) await runTap(['build'], env);
}

/** A test may be named by its source, as an editor shows it. */
function builtTest(argument: string): string {
  return argument.replace(/^((?:libs|services)\/[^/]+)\/test\/(.*)\.ts$/, '$1/build/test/$2.js');
}

async function readCounts(tapFile: string): Promise<TestCounts> {
  const tap = await readFile(tapFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // tap ends without writing any when it finds no test file or cannot read its settings.
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return countTests(tap);
}

await launch(async (launcher) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mentorline-test-'));
  // What stands there if the run does not come to its end.
  let lastLine = '0 passed, 1 failed';
  let servers: Servers | undefined;
  launcher.stopWith(async () => {
    await servers?.stop();
    await stopGuarded();
    await rm(dataDir, { recursive: true, force: true });
    // tap may leave the cursor on a line that it has begun.
    process.stdout.write(`\n${lastLine}\n`);
  });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  [servers] = await Promise.all([
    startServers({ dataDir, env: process.env, say, disposable: true }),
    prepareTap(process.env),
  ]);

  const given = process.argv.slice(2).map(builtTest);
  const files = given.some((argument) => /^(libs|services)\//.test(argument)) ? [] : await groupTests();
  const tapFile = join(dataDir, 'results.tap');
  const code = await runTap(['run', ...REPORTER, `--output-file=${tapFile}`, ...given, ...files], {
    ...process.env,
    MENTORLINE_TEST_MONGODB_URI: servers.mongodbUrl,
    MENTORLINE_TEST_REDIS_URL: servers.redisUrl,
  });

  const counts = await readCounts(tapFile);
  if (code !== 0 && counts.failed === 0) {
    say('No test failed, but the run as a whole did; it counts as one failure.');
    counts.failed = 1;
  }
  // Last, as what is shown of a long log is often its end.
  for (const { name, why } of counts.failures) say(['', `FAILED ${name}`, ...why].join('\n'));
  if (counts.skipped > 0) say([`${counts.skipped} skipped`, ...counts.skipReasons].join(': '));
  lastLine = `${counts.passed} passed, ${counts.failed} failed`;
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
});
