import type { JobQueues } from '@mentorline/jobs';
import type { Activity, Logger } from '@mentorline/runtime';
import type { Store, TransactionPool } from '@mentorline/store';
import type { ImporterConfig } from './config.ts';
import type { ImporterMetrics } from './metrics.ts';

export interface ImportDeps {
  store: Store;
  queues: Pick<JobQueues, 'enqueue'>;
  config: ImporterConfig;
  logger: Logger;
  metrics: ImporterMetrics;
  activity: Pick<Activity, 'during' | 'count'>;
  /** Which process it is, for operators. */
  processId: string;
}

/**
 * Chunks of one import that a process applies at the same time: one is decided while the other is written. More are no
 * faster, since one thread prepares them all, and each would hold its mentors for longer.
 */
export const TRANSACTIONS_SIDE_BY_SIDE = 2;

/** What a run needs once it has claimed its work. */
export interface ClaimedDeps extends ImportDeps {
  transactions: TransactionPool;
}
