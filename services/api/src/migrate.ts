/** `npm run migrate`: brings a database of an earlier version to this one, from a terminal beside it. */
import { parseArgs } from 'node:util';
import { migrateDatabase } from '@mentorline/store';
import { runCommand, say } from './run-command.ts';

await runCommand(
  'migrate',
  async (uri) => {
    const { values } = parseArgs({ options: { again: { type: 'boolean', default: false } } });
    const done = await migrateDatabase({ uri, say, again: values.again });
    say(
      done.length > 0
        ? 'The database is of this version now.'
        : 'The database is of this version; nothing was to be migrated.',
    );
  },
  (error) => String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS'),
);
