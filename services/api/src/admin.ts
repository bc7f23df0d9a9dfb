/** `npm run admin -- <command> …`: organisations and accounts of a deployment, from a terminal beside its database. */
import { connectStore } from '@mentorline/store';
import { AdminError, runAdminCommand, USAGE } from './admin-commands.ts';
import { runCommand, say } from './run-command.ts';

const [command, ...args] = process.argv.slice(2);

if (command === undefined || ['help', '--help', '-h'].includes(command)) {
  say(USAGE);
} else {
  await runCommand(
    'admin',
    async (uri) => {
      const store = await connectStore({ uri, appName: 'mentorline-admin' });
      try {
        await runAdminCommand({ store, say }, command, args);
      } finally {
        await store.close();
      }
    },
    (error) => error instanceof AdminError,
  );
}
