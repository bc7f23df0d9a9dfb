import {
  askedGauges,
  Counter,
  Histogram,
  LONG_BUCKETS,
  type Registry,
  SECOND_MS,
  SHORT_BUCKETS,
} from '@mentorline/runtime';
import { MAIL_KINDS, type Store } from '@mentorline/store';

const OUTCOMES = ['sent', 'retried', 'failed', 'suppressed', 'expired'] as const;
/** What has become of a mail by an attempt to send it. */
export type AttemptOutcome = (typeof OUTCOMES)[number];

/** What a notifier measures of its mails. */
export function notifierMetrics(registry: Registry) {
  const registers = [registry];
  const metrics = {
    attempts: new Counter({
      ...{ name: 'mentorline_mail_attempts_total', labelNames: ['kind', 'outcome'], registers },
      help: 'Attempts to send a mail: sent, retried (to be tried again), failed (given up), suppressed, expired (came too late)',
    }),
    delay: new Histogram({
      ...{ name: 'mentorline_mail_delay_seconds', labelNames: ['kind'], registers },
      help: 'From the moment a mail was written into the outbox until the relay took it',
      buckets: LONG_BUCKETS,
    }),
    smtp: new Histogram({
      ...{ name: 'mentorline_smtp_duration_seconds', labelNames: ['outcome'], registers },
      help: 'Conversations with the relay about one mail, by what it answered',
      buckets: SHORT_BUCKETS,
    }),
    making: new Histogram({
      ...{ name: 'mentorline_mail_making_duration_seconds', registers },
      help: 'Gathering and rendering what a mail says',
      buckets: SHORT_BUCKETS,
    }),
  };
  // To Prometheus a series that appears with a value has not increased: alerts would miss the first mails given up.
  for (const kind of MAIL_KINDS) {
    for (const outcome of OUTCOMES) metrics.attempts.inc({ kind, outcome }, 0);
  }
  return metrics;
}

export type NotifierMetrics = ReturnType<typeof notifierMetrics>;

/** What waits in the outbox, for all notifiers together. */
export function outboxGauges(registry: Registry, { backlog }: Pick<Store, 'backlog'>): void {
  const labelNames = ['priority'];
  askedGauges(
    registry,
    {
      mails: {
        ...{ name: 'mentorline_outbox_mails', labelNames },
        help: 'Mails not sent yet, counted to 10000; every notifier tells the same',
      },
      oldest: {
        ...{ name: 'mentorline_outbox_oldest_due_seconds', labelNames },
        help: 'For how long the mail that waits longest has been due; 0 when none is',
      },
    },
    async () => {
      const byPriority = await backlog.measureOutbox();
      return {
        mails: byPriority.map(({ priority, mails }) => ({
          labels: { priority: String(priority) },
          value: mails,
        })),
        oldest: byPriority.map(({ priority, oldestDueMs }) => ({
          labels: { priority: String(priority) },
          value: oldestDueMs / SECOND_MS,
        })),
      };
    },
  );
}
