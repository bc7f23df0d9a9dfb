/** `npm run migrate`: brings a database of an earlier version to this one, from a terminal beside it. */
import { parseArgs } from 'node:util';
import { CannotStart, loadConfig, MongodbUri } from '@mentorline/runtime';
import { migrateDatabase } from '@mentorline/store';
import { Type } from 'typebox';

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const { values } = parseArgs({ options: { again: { type: 'boolean', default: false } } });
  const { MONGODB_URI: uri } = loadConfig('migrate', Type.Object({ MONGODB_URI: MongodbUri }), process.env);
  const done = await migrateDatabase({ uri, say, again: values.again });
  say(
    done.length > 0
      ? 'The database is of this version now.'
      : 'The database is of this version; nothing was to be migrated.',
  );
} catch (error) {
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const told = error instanceof CannotStart || code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${told ? message : stack}\n`);
  process.exitCode = 1;
}
