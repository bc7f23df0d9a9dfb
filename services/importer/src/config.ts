import { loadConfig, MailDomain, SessionMailDelayMs, serviceSettings } from '@mentorline/runtime';
import { type Static, Type } from 'typebox';

const Config = Type.Object({
  ...serviceSettings({ internalPort: 3011 }),
  MAX_IMPORT_ROWS: Type.Integer({ default: 1_000_000, minimum: 1 }),
  IMPORT_PARTITIONS: Type.Integer({ default: 16, minimum: 1, maximum: 256 }),
  IMPORT_CHUNK_ROWS: Type.Integer({ default: 500, minimum: 1, maximum: 5_000 }),
  IMPORT_SHARDS: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 64,
    description: 'importer processes that one import may be spread over',
  }),
  IMPORT_SHARD_ROWS: Type.Integer({
    default: 100_000,
    minimum: 1,
    description: 'least rows for each of them',
  }),
  IMPORT_TURN_MS: Type.Integer({
    default: 10_000,
    minimum: 100,
    description: 'how long an import runs before it makes room for an organisation that has none running',
  }),
  IMPORT_LEASE_MS: Type.Integer({ default: 10_000, minimum: 500 }),
  WORKER_CONCURRENCY: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    description: 'imports side by side',
  }),
  SESSION_MAIL_DELAY_MS: SessionMailDelayMs,
  MAIL_DOMAIN: MailDomain,
});

export type ImporterConfig = Readonly<Static<typeof Config>>;

export function loadImporterConfig(environment: NodeJS.ProcessEnv): ImporterConfig {
  return loadConfig('importer', Config, environment);
}
