import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from './repository.ts';

const GROUPS = 'libs/testkit/build/groups';

/** Their test files start processes and wait for them, or change their own: each has a process to itself. */
const ALONE = ['libs/devstack', 'libs/testkit', 'libs/tracing'];
/** So few that both jobs have work to the end. */
const MOST_FILES = 8;

/**
 * All built test files, several of a package together where they can be: writes a file for each such group that runs them
 * in one process.
 * @returns what is to be run, as paths within the repository, those that take longest first
 */
export async function groupTests(): Promise<string[]> {
  await rm(join(REPOSITORY, GROUPS), { recursive: true, force: true });
  await mkdir(join(REPOSITORY, GROUPS), { recursive: true });
  const alone: string[] = [];
  const groups: string[] = [];
  for (const folder of await packages()) {
    const files = await testsOf(folder);
    if (ALONE.includes(folder)) {
      alone.push(...files);
      continue;
    }
    const count = Math.ceil(files.length / MOST_FILES);
    for (let n = 0; n < count; n += 1) {
      const group = `${GROUPS}/${folder.replace('/', '-')}-${n + 1}.test.js`;
      // Dealt out like cards: neighbours are often alike in how long they take.
      const members = JSON.stringify(files.filter((_, index) => index % count === n));
      const source = `import { runTogether } from '../src/run-together.js';\n\nrunTogether(${members});\n`;
      await writeFile(join(REPOSITORY, group), source);
      groups.push(group);
    }
  }
  return [...alone, ...groups];
}

async function packages(): Promise<string[]> {
  const folders = ['libs', 'services'].map(async (folder) =>
    (await readdir(join(REPOSITORY, folder))).map((name) => `${folder}/${name}`),
  );
  return (await Promise.all(folders)).flat().sort();
}

async function testsOf(folder: string): Promise<string[]> {
  const tests = `${folder}/build/test`;
  const files = await readdir(join(REPOSITORY, tests), { recursive: true }).catch(() => []);
  return files
    .filter((file) => file.endsWith('.test.js'))
    .sort()
    .map((file) => `${tests}/${file}`);
}
