import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { DEMO_PASSWORD } from '../src/demo-accounts.ts';
import { signIn } from '../src/gateway-client.ts';
import { freePort } from '../src/ports.ts';
import { startSuite } from '../src/suite.ts';

const CREDENTIALS = { email: 'manager@example.org', password: DEMO_PASSWORD };
/** Servers of their own, not those that the test run shares. */
const { MONGODB_URI, REDIS_URL, SMTP_URL, ...ownServers } = process.env;

t.test(
  'the suite starts with its demo accounts, restarts a killed service, and starts again on its data',
  async (t) => {
    const dataDir = t.testdir();
    const port = await freePort();
    const said: string[] = [];
    let heard: (line: string) => void = () => {};
    const say = (line: string): void => {
      said.push(line);
      heard(line);
    };

    const first = await startSuite({ dataDir, env: ownServers, port, say });
    t.teardown(first.stop);
    t.same(
      said.filter((line) => !line.startsWith('Fetching')),
      [],
    );
    await signIn(first.gatewayUrl, CREDENTIALS);
    t.equal((await stat(join(dataDir, 'jwt-secret'))).mode & 0o777, 0o600);

    const restarted = new Promise<void>((resolve) => {
      heard = (line) => {
        if (line === 'importer is running again.') resolve();
      };
    });
    process.kill(first.services.pidOf('importer'), 'SIGKILL');
    await restarted;
    t.match(said.join('\n'), /importer has ended \(ended by SIGKILL\)/);
    await first.stop();

    const second = await startSuite({ dataDir, env: ownServers, port, say, disposable: true });
    t.teardown(second.stop);
    await t.resolves(signIn(second.gatewayUrl, CREDENTIALS));
  },
);
