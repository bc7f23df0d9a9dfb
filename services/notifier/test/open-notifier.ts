import { createLogger, Registry } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import { openConnections } from '../src/connections.ts';
import { type Mailer, openMailer } from '../src/mailer.ts';
import { notifierMetrics } from '../src/metrics.ts';
import { openOutbox } from '../src/outbox.ts';
import type { MailDeps } from '../src/send-mail.ts';

const LEASE_MS = 60_000;

export interface TestNotifier extends MailDeps {
  readonly mailer: Mailer;
  /** Its log, line by line. */
  readonly lines: readonly string[];
}

/** What a notifier sends mails with, to a relay. Ends with the test. */
export function openNotifier(
  t: { teardown(run: () => unknown): unknown },
  store: Store,
  relay: { url: string },
  {
    connections = 1,
    leaseMs = LEASE_MS,
    patienceMs,
  }: { connections?: number; leaseMs?: number; patienceMs?: number } = {},
): TestNotifier {
  const mailer = openMailer({
    ...{ url: relay.url, maxConnections: connections },
    ...(patienceMs === undefined ? {} : { greetingTimeoutMs: patienceMs, answerTimeoutMs: patienceMs }),
  });
  t.teardown(() => mailer.close());
  const lines: string[] = [];
  return {
    store,
    outbox: openOutbox(store, leaseMs),
    mailer,
    connections: openConnections(connections),
    logger: createLogger({ service: 'notifier', level: 'trace' }, { write: (line) => void lines.push(line) }),
    metrics: notifierMetrics(new Registry()),
    from: { name: 'Mentoring', address: 'no-reply@mentoring.example.org' },
    publicUrl: 'https://mentoring.example.org',
    importsUrl: 'https://mentoring.example.org/v1/imports',
    mailDomain: 'mentoring.example.org',
    now: () => new Date(),
    leaseMs,
    random: () => 0,
    lines,
  };
}
