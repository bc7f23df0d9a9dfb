/** `npm run admin -- <command> …`: organisations and accounts of a deployment, from a terminal beside its database. */
import { CannotStart, loadConfig, MongodbUri } from '@mentorline/runtime';
import { connectStore } from '@mentorline/store';
import { Type } from 'typebox';
import { AdminError, runAdminCommand, USAGE } from './admin-commands.ts';

const [command, ...args] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);

if (command === undefined || ['help', '--help', '-h'].includes(command)) {
  say(USAGE);
} else {
  try {
    const { MONGODB_URI } = loadConfig('admin', Type.Object({ MONGODB_URI: MongodbUri }), process.env);
    const store = await connectStore({ uri: MONGODB_URI, appName: 'mentorline-admin' });
    try {
      await runAdminCommand({ store, say }, command, args);
    } finally {
      await store.close();
    }
  } catch (error) {
    const told = error instanceof AdminError || error instanceof CannotStart;
    process.stderr.write(`${told ? error.message : (error as Error).stack}\n`);
    process.exitCode = 1;
  }
}
