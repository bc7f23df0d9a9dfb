import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { cacheFolder } from '../src/cache-folder.ts';

t.test(
  'the cache folder is the one asked for, else the user’s, else one of the system’s temporary folder',
  async (t) => {
    const home = t.testdir({ file: '' });
    const asked = join(home, 'asked');
    const xdg = join(home, 'xdg');
    t.equal(await cacheFolder({ MENTORLINE_CACHE_DIR: asked, XDG_CACHE_HOME: xdg, HOME: home }), asked);
    t.equal(await cacheFolder({ XDG_CACHE_HOME: xdg, HOME: home }), join(xdg, 'mentorline'));
    t.equal(await cacheFolder({ HOME: home }), join(home, '.cache', 'mentorline'));
    for (const HOME of ['', undefined, join(home, 'file')]) {
      t.match(await cacheFolder({ HOME }), join(tmpdir(), 'mentorline-cache-'));
    }
  },
);

t.test('a cache folder that was asked for and cannot be made is not passed over in silence', async (t) => {
  const asked = join(t.testdir({ file: '' }), 'file', 'cache');
  await t.rejects(cacheFolder({ MENTORLINE_CACHE_DIR: asked }), {
    message: `MENTORLINE_CACHE_DIR=${asked} cannot`,
  });
});
