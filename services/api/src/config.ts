import {
  loadConfig,
  MailDomain,
  Port,
  PublicUrl,
  SessionMailDelayMs,
  serviceSettings,
} from '@mentorline/runtime';
import { type Static, Type } from 'typebox';

const SHORTEST_SECRET = 32;

/** 0: none. */
function limit(most: number) {
  return Type.Integer({ default: most, minimum: 0, description: '0: no limit' });
}

const Config = Type.Object({
  ...serviceSettings({ internalPort: 3010 }),
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Port(3000),
  PUBLIC_URL: PublicUrl,
  JWT_SECRET: Type.String({
    default: '',
    description: `signs access tokens; at least ${SHORTEST_SECRET} characters, the same in every gateway`,
  }),
  SESSION_MAIL_DELAY_MS: SessionMailDelayMs,
  MAIL_DOMAIN: MailDomain,
  JWKS_URL: Type.String({
    default: '',
    pattern: '^(https?://[^/]+.*)?$',
    description: 'keys of the identity provider; none when blank',
  }),
  JWT_ISSUER: Type.String({ default: '', description: 'of the identity provider' }),
  JWT_AUDIENCE: Type.String({
    default: '',
    description: 'by which the identity provider names this gateway',
  }),
  MAX_UPLOAD_BYTES: Type.Integer({ default: 512 * 1024 * 1024, minimum: 1 }),
  CORS_ORIGINS: Type.String({
    default: '',
    description: 'origins of browser clients, separated by commas; none when blank',
  }),
  TRUST_PROXY: Type.String({
    default: '',
    description: 'addresses or ranges of the proxies before the gateway, separated by commas',
  }),
  REQUESTS_PER_MINUTE_OF_USER: limit(6_000),
  REQUESTS_PER_MINUTE_OF_ADDRESS: limit(30_000),
  SIGN_IN_FAILURES_PER_ACCOUNT: limit(10),
  SIGN_IN_FAILURES_PER_ADDRESS: limit(100),
  MAX_EVENT_LOOP_DELAY_MS: limit(1_000),
  HEADERS_TIMEOUT_MS: Type.Integer({ default: 20_000, minimum: 100 }),
  BODY_TIMEOUT_MS: Type.Integer({
    default: 30_000,
    minimum: 100,
    description: 'of bodies other than uploads',
  }),
  IDLE_TIMEOUT_MS: Type.Integer({
    default: 120_000,
    minimum: 100,
    description: 'how long a connection may be silent in the middle of a request',
  }),
  STOP_DEADLINE_MS: Type.Integer({
    default: 20_000,
    minimum: 0,
    maximum: 24_000,
    description: 'how long a stop waits for requests in flight',
  }),
  STOP_PAUSE_MS: Type.Integer({
    default: 0,
    minimum: 0,
    description: 'how long a gateway that is to stop says so at /readyz before it takes no more connections',
  }),
});

/** Of the 25 seconds in which a service stops: the rest is for closing. */
const LONGEST_STOP_MS = 24_000;

const PROVIDER_CLAIMS = ['JWT_ISSUER', 'JWT_AUDIENCE'] as const;

export type ApiConfig = Readonly<Static<typeof Config>>;

/** @throws ConfigError naming every variable at fault; in production a missing or weak JWT_SECRET is one */
export function loadApiConfig(environment: NodeJS.ProcessEnv): ApiConfig {
  return loadConfig('api', Config, environment, ({ NODE_ENV, JWT_SECRET, ...config }) => [
    ...(NODE_ENV === 'production' && JWT_SECRET.length < SHORTEST_SECRET
      ? [
          `JWT_SECRET ${JWT_SECRET ? 'is too short' : 'is not set'} (at least ${SHORTEST_SECRET} random characters)`,
        ]
      : []),
    ...(config.STOP_PAUSE_MS + config.STOP_DEADLINE_MS > LONGEST_STOP_MS
      ? [`STOP_PAUSE_MS and STOP_DEADLINE_MS are more than ${LONGEST_STOP_MS} together`]
      : []),
    ...(config.JWKS_URL
      ? PROVIDER_CLAIMS.filter((name) => !config[name]).map(
          (name) =>
            `${name} is not set, and JWKS_URL needs it: without it the provider's tokens for others pass too`,
        )
      : []),
  ]);
}
