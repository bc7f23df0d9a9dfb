import { loadConfig } from '@mentorline/runtime';
import { type Static, Type } from 'typebox';

const Config = Type.Object({
  NODE_ENV: Type.String({ default: 'development' }),
  MONGODB_URI: Type.String({
    default: 'mongodb://127.0.0.1:27017/mentorline?replicaSet=rs0',
    description: 'a replica set, with the name of the database in the path',
  }),
  REDIS_URL: Type.String({ default: 'redis://127.0.0.1:6379' }),
  QUEUE_PREFIX: Type.String({ default: 'mentorline' }),
  LOG_LEVEL: Type.String({ default: 'info' }),
  INTERNAL_HOST: Type.String({ default: '127.0.0.1' }),
  INTERNAL_PORT: Type.Integer({ default: 3011, minimum: 0, maximum: 65_535 }),
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
  SESSION_MAIL_DELAY_MS: Type.Integer({
    default: 60_000,
    minimum: 0,
    description:
      'how long after its first change people are told of a session; the same in gateway and importer',
  }),
  MAIL_DOMAIN: Type.String({
    default: 'mentorline.localdomain',
    description: 'right-hand side of the Message-ID of report mails',
  }),
});

export type ImporterConfig = Readonly<Static<typeof Config>>;

export function loadImporterConfig(environment: NodeJS.ProcessEnv): ImporterConfig {
  return loadConfig('importer', Config, environment);
}
