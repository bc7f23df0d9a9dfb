import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { run } from './run.ts';
import { StartError } from './start-error.ts';

const FETCH_TIMEOUT_MS = 10 * 60_000;

/** Packages for Python that a check needs. */
export interface PythonPackages {
  /** With the version: names the folder they are kept in. */
  name: string;
  requirements: readonly string[];
  /** About how much is loaded. */
  megabytes: number;
  /** The list is complete: nothing is added to it, whatever the packages ask for. */
  noDependencies?: boolean;
}

/**
 * Fetches packages with pip, once, into the cache folder. They need no virtual environment, which not every Python can
 * make.
 * @returns the folder to put on `PYTHONPATH`
 * @throws StartError that tells what to install
 */
export async function fetchPythonPackages(
  { name, requirements, megabytes, noDependencies = false }: PythonPackages,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<string> {
  const cache = await cacheFolder(env);
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  say(`Fetching ${name} (about ${megabytes} MB, once; kept for the next time) …`);
  // Own folder and atomic rename: two starts at once both end with a whole one in place.
  const workFolder = await mkdtemp(join(cache, 'fetch-'));
  try {
    const target = join(workFolder, 'site');
    const options = [
      ...['--only-binary=:all:', '--no-input', '--quiet', '--disable-pip-version-check'],
      ...(noDependencies ? ['--no-deps'] : []),
    ];
    await run('python3', ['-m', 'pip', 'install', ...options, '--target', target, ...requirements], {
      env,
      timeoutMs: FETCH_TIMEOUT_MS,
    });
    await rename(target, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } catch (error) {
    throw new StartError(
      `${name} could not be fetched: ${(error as Error).message}\n` +
        'Install Python 3.10 or later with pip (Debian, Ubuntu: apt install python3-pip) and a network connection.',
    );
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}
