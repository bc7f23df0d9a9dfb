import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { run } from './run.ts';
import { StartError } from './start-error.ts';

const VERSION = '4.32.5';
const FETCH_TIMEOUT_MS = 10 * 60_000;

/**
 * Schemathesis, which tries an HTTP interface against its OpenAPI document: fetched with pip, once, into the cache
 * folder. It needs no virtual environment, which not every Python can make.
 * @returns the folder to put on `PYTHONPATH`; run it as `python3 -m schemathesis.cli`
 * @throws StartError that tells what to install
 */
export async function findSchemathesis(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string> {
  const cache = await cacheFolder(env);
  const folder = join(cache, `schemathesis-${VERSION}`);
  if (existsSync(folder)) return folder;
  say('Fetching schemathesis (about 25 MB, once; kept for the next time) …');
  // Own folder and atomic rename: two starts at once both end with a whole one in place.
  const workFolder = await mkdtemp(join(cache, 'fetch-'));
  try {
    const target = join(workFolder, 'site');
    const options = ['--only-binary=:all:', '--no-input', '--quiet', '--disable-pip-version-check'];
    await run(
      'python3',
      ['-m', 'pip', 'install', ...options, '--target', target, `schemathesis==${VERSION}`],
      { env, timeoutMs: FETCH_TIMEOUT_MS },
    );
    await rename(target, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } catch (error) {
    throw new StartError(
      `schemathesis could not be fetched: ${(error as Error).message}\n` +
        'Install Python 3.10 or later with pip (Debian, Ubuntu: apt install python3-pip) and a network connection.',
    );
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}
