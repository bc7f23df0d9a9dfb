/** `npm run backup -- <folder>` and `npm run restore -- <folder>`: the whole database, from a terminal beside it. */
import { BackupError, backUpDatabase, restoreDatabase } from '@mentorline/store';
import { runCommand, say } from './run-command.ts';

const VERBS = { backup: backUpDatabase, restore: restoreDatabase };
const USAGE = `Usage: npm run backup -- <folder>
       npm run restore -- <folder>

MONGODB_URI says which database. A backup is written into a folder that is empty or not there yet; it is restored into
a database that is empty, while no service runs on it.`;

const [verb, folder, ...more] = process.argv.slice(2);

if (!verb || !Object.hasOwn(VERBS, verb) || !folder || folder.startsWith('-') || more.length > 0) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 1;
} else {
  await runCommand(
    'backup',
    async (uri) => {
      const { database, takenAt, collections } = await VERBS[verb as keyof typeof VERBS]({ uri, folder });
      for (const { name, documents } of collections) say(`${String(documents).padStart(10)}  ${name}`);
      const state = `${database} as it stood at ${takenAt}`;
      say(verb === 'backup' ? `${state}, in ${folder}` : `${state}, restored. The services may be started.`);
    },
    (error) => error instanceof BackupError,
  );
}
