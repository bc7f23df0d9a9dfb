import { Counter, Histogram, type Registry, SHORT_BUCKETS } from '@mentorline/runtime';
import type { WatchTransactions } from './transaction.ts';

/** How long transactions take and how often they run again. @returns what `connectStore` is to be given */
export function transactionMetrics(registry: Registry): WatchTransactions {
  const registers = [registry];
  const duration = new Histogram({
    ...{ name: 'mentorline_transaction_duration_seconds', labelNames: ['outcome'], registers },
    help: 'MongoDB transactions, all tries of each together',
    buckets: SHORT_BUCKETS,
  });
  const retries = new Counter({
    ...{ name: 'mentorline_transaction_retries_total', registers },
    help: 'Tries of MongoDB transactions after their first: another writer got in between, or the primary changed',
  });
  return ({ tries, seconds, committed }) => {
    duration.observe({ outcome: committed ? 'committed' : 'rolled-back' }, seconds);
    retries.inc(Math.max(0, tries - 1));
  };
}
