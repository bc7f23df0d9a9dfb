import { migrateDatabase } from '@mentorline/store';
import { createDemoAccounts } from './demo-accounts.ts';
import { type Servers, startServers } from './servers.ts';
import { type Services, startServices } from './services.ts';

export interface Suite {
  readonly gatewayUrl: string;
  readonly servers: Servers;
  readonly services: Services;
  /** Resolves with what happened when a part has ended and cannot be kept running. */
  readonly failed: Promise<string>;
  /** Services first, then the servers that they use. */
  stop(): Promise<void>;
}

/**
 * Starts servers and services, and the demo accounts where the database is our own. When a part does not start,
 * the others are left to the launcher to end.
 */
export async function startSuite(options: {
  dataDir: string;
  env: NodeJS.ProcessEnv;
  port: number;
  say: (line: string) => void;
  disposable?: boolean;
}): Promise<Suite> {
  const servers = await startServers(options);
  // Somebody's own MONGODB_URI names its database itself.
  const mongodbUrl = servers.ownMongodb ? withDatabase(servers.mongodbUrl, 'mentorline') : servers.mongodbUrl;
  // Its data folder may be of an earlier version.
  if (servers.ownMongodb) await migrateDatabase({ uri: mongodbUrl, say: options.say });
  const [services] = await Promise.all([
    startServices({ ...options, servers: { ...servers, mongodbUrl } }),
    servers.ownMongodb ? createDemoAccounts(mongodbUrl) : undefined,
  ]);
  return {
    gatewayUrl: `http://localhost:${options.port}`,
    servers,
    services,
    failed: Promise.race([servers.failed, services.failed]),
    async stop() {
      await services.stop();
      await servers.stop();
    },
  };
}

function withDatabase(mongodbUrl: string, database: string): string {
  const url = new URL(mongodbUrl);
  url.pathname = `/${database}`;
  return url.href;
}
