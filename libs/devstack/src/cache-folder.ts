import { access, constants, mkdir, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { StartError } from './start-error.ts';

/**
 * Where fetched programs are kept between runs, outside the repository: `MENTORLINE_CACHE_DIR`, else the user's
 * cache folder, else one of the user's own in the system's temporary folder. Made if it is not there.
 * @throws StartError when no folder can be written
 */
export async function cacheFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const { MENTORLINE_CACHE_DIR, XDG_CACHE_HOME, HOME } = env;
  if (MENTORLINE_CACHE_DIR) {
    const folder = resolve(MENTORLINE_CACHE_DIR);
    if (await isWritable(folder)) return folder;
    throw new StartError(`MENTORLINE_CACHE_DIR=${folder} cannot be written; choose another folder.`);
  }
  const candidates: string[] = [];
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) candidates.push(join(XDG_CACHE_HOME, 'mentorline'));
  if (HOME && isAbsolute(HOME)) candidates.push(join(HOME, '.cache', 'mentorline'));
  candidates.push(join(tmpdir(), `mentorline-cache-${userInfo().uid}`));
  for (const folder of candidates) if (await isWritable(folder)) return folder;
  throw new StartError(
    `No folder to keep the fetched servers in: ${candidates.join(', ')} cannot be written; set MENTORLINE_CACHE_DIR.`,
  );
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
    // Programs are run from here: a folder that somebody else made in a shared place is not trusted.
    const { uid } = await stat(folder);
    return uid === userInfo().uid || uid === 0;
  } catch {
    return false;
  }
}
