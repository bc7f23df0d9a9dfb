import { loadConfig, MailDomain, PublicUrl, serviceSettings } from '@mentorline/runtime';
import { type Static, Type } from 'typebox';
import { checkRelayUrl } from './check-relay-url.ts';
import { type Mailbox, readMailbox } from './mailbox.ts';

const Config = Type.Object({
  ...serviceSettings({ internalPort: 3012 }),
  WORKER_CONCURRENCY: Type.Integer({
    default: 4,
    minimum: 1,
    maximum: 64,
    description: 'connections to the relay side by side',
  }),
  MAILS_PER_MINUTE: Type.Integer({
    default: 0,
    minimum: 0,
    description: 'what the relay takes from all notifiers together; 0: no limit',
  }),
  MAIL_LEASE_MS: Type.Integer({
    default: 60_000,
    minimum: 500,
    description: 'how long a mail stays with a notifier that has died',
  }),
  KEEP_MAILS_DAYS: Type.Integer({
    default: 180,
    minimum: 30,
    description: 'how long mails that were sent or given up stay in the outbox',
  }),
  SMTP_URL: Type.String({
    default: 'smtp://127.0.0.1:1025',
    pattern: '^smtps?://[^/]+',
    description: 'smtp://user:password@relay.example.org:587 or smtps://…',
  }),
  MAIL_FROM: Type.String({
    default: 'mentorline <no-reply@localhost.localdomain>',
    description: 'an address, or: name <address>',
  }),
  MAIL_DOMAIN: MailDomain,
  PUBLIC_URL: PublicUrl,
  IMPORTS_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/]+',
      description: 'under which reports link to imports and their files; the gateway if left out',
    }),
  ),
});

/** What a deployment must say for itself: the defaults fit a laptop only. */
const NEEDED_IN_PRODUCTION = ['SMTP_URL', 'MAIL_FROM', 'PUBLIC_URL'] as const;

export type NotifierConfig = Readonly<
  Static<typeof Config> & { from: Mailbox; publicUrl: string; importsUrl: string }
>;

/**
 * @returns the environment's values, `MAIL_FROM` taken apart, and what links begin with
 * @throws ConfigError naming every variable at fault
 */
export function loadNotifierConfig(environment: NodeJS.ProcessEnv): NotifierConfig {
  const config = loadConfig('notifier', Config, environment, ({ NODE_ENV, MAIL_FROM, SMTP_URL }) => [
    ...(NODE_ENV === 'production'
      ? NEEDED_IN_PRODUCTION.filter((name) => !environment[name]?.trim()).map(
          (name) => `${name} is not set, and production has no default for it`,
        )
      : []),
    ...(readMailbox(MAIL_FROM)
      ? []
      : [`MAIL_FROM=${MAIL_FROM}: must be an e-mail address, or: name <address>`]),
    ...checkRelayUrl(SMTP_URL),
  ]);
  const publicUrl = config.PUBLIC_URL.replace(/\/+$/u, '');
  const importsUrl = config.IMPORTS_URL?.replace(/\/+$/u, '') ?? `${publicUrl}/v1/imports`;
  return Object.freeze({ ...config, from: readMailbox(config.MAIL_FROM)!, publicUrl, importsUrl });
}
