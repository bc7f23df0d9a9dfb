import { Type } from 'typebox';

export const MongodbUri = Type.String({
  default: 'mongodb://127.0.0.1:27017/mentorline?replicaSet=rs0',
  description: 'a replica set, with the name of the database in the path',
});

/** The same in every service that makes Message-IDs. */
export const MailDomain = Type.String({
  default: 'mentorline.localdomain',
  description: 'right-hand side of the Message-ID of mails and of the UID of calendar events',
});

/** The same in every service that writes sessions. */
export const SessionMailDelayMs = Type.Integer({
  default: 60_000,
  minimum: 0,
  description:
    'how long after its first change people are told of a session; the same in gateway and importer',
});

export const PublicUrl = Type.String({
  default: 'http://localhost:3000',
  pattern: '^https?://[^/]+',
  description: 'where people and clients reach the gateway',
});

/** A port to listen on; 0 takes any that is free. */
export function Port(port: number) {
  return Type.Integer({ default: port, minimum: 0, maximum: 65_535 });
}

/** What every service reads of its environment; each adds its own to it. */
export function serviceSettings(given: { internalPort: number }) {
  return {
    NODE_ENV: Type.String({ default: 'development' }),
    MONGODB_URI: MongodbUri,
    REDIS_URL: Type.String({
      default: 'redis://127.0.0.1:6379',
      pattern: '^rediss?(\\+(cluster|sentinel))?://[^/]+',
      description:
        'redis://host:port, redis+cluster://host:port,host:port or redis+sentinel://host:port,host:port?name=…',
    }),
    QUEUE_PREFIX: Type.String({ default: 'mentorline' }),
    LOG_LEVEL: Type.String({ default: 'info' }),
    INTERNAL_HOST: Type.String({ default: '127.0.0.1' }),
    INTERNAL_PORT: Port(given.internalPort),
  };
}
