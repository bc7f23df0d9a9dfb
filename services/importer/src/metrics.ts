import { ROW_ERROR_CODES, ROW_STATUSES } from '@mentorline/domain';
import {
  askedGauges,
  Counter,
  Histogram,
  LONG_BUCKETS,
  type Registry,
  SECOND_MS,
  SHORT_BUCKETS,
} from '@mentorline/runtime';
import type { Store } from '@mentorline/store';

/** What an importer measures of its work. */
export function importerMetrics(registry: Registry) {
  const registers = [registry];
  const metrics = {
    waited: new Histogram({
      ...{ name: 'mentorline_import_wait_seconds', registers },
      help: 'From the acceptance of an import until the first importer took it up',
      buckets: LONG_BUCKETS,
    }),
    took: new Histogram({
      ...{ name: 'mentorline_import_duration_seconds', labelNames: ['kind', 'outcome'], registers },
      help: 'From the acceptance of an import until its end',
      buckets: LONG_BUCKETS,
    }),
    stage: new Histogram({
      ...{ name: 'mentorline_import_stage_duration_seconds', labelNames: ['stage'], registers },
      help: 'Stages of imports that came to their end, from when this importer took them up',
      buckets: LONG_BUCKETS,
    }),
    interruptions: new Counter({
      ...{ name: 'mentorline_import_interruptions_total', labelNames: ['reason'], registers },
      help: 'Imports and shards that were left unfinished (error, or taken over), or whose importer was lost',
    }),
    rows: new Counter({
      ...{ name: 'mentorline_import_rows_total', labelNames: ['status'], registers },
      help: 'Rows that got their result, by its status',
    }),
    rowErrors: new Counter({
      ...{ name: 'mentorline_import_row_errors_total', labelNames: ['code'], registers },
      help: 'Errors of invalid rows, by their code (docs/csv.md)',
    }),
    chunk: new Histogram({
      ...{ name: 'mentorline_import_chunk_duration_seconds', registers },
      help: 'Transactions that applied a chunk of rows, all tries of each together',
      buckets: SHORT_BUCKETS,
    }),
    chunkRetries: new Counter({
      ...{ name: 'mentorline_import_chunk_retries_total', registers },
      help: 'Tries of such transactions after their first: other writers got in between',
    }),
    chunksHalved: new Counter({
      ...{ name: 'mentorline_import_chunks_halved_total', registers },
      help: 'Chunks that could not be applied whole',
    }),
  };
  // To Prometheus a series that appears with a value has not increased: alerts would miss the first fault of a process.
  for (const reason of ['error', 'taken-over', 'importer-lost']) metrics.interruptions.inc({ reason }, 0);
  for (const status of ROW_STATUSES) metrics.rows.inc({ status: status.toLowerCase() }, 0);
  for (const code of ROW_ERROR_CODES) metrics.rowErrors.inc({ code }, 0);
  return metrics;
}

export type ImporterMetrics = ReturnType<typeof importerMetrics>;

/** What waits for an importer and what is in the hands of one, of all importers together. */
export function importGauges(registry: Registry, { backlog }: Pick<Store, 'backlog'>): void {
  askedGauges(
    registry,
    {
      imports: {
        name: 'mentorline_imports',
        help: 'Imports that are not finished: waiting, or running; every importer tells the same',
        labelNames: ['state'],
      },
      oldest: {
        name: 'mentorline_import_oldest_waiting_seconds',
        help: 'Since when the oldest import that waits has been accepted; 0 when none waits',
      },
    },
    async () => {
      const { waiting, running, oldestWaitingMs } = await backlog.measureImports();
      return {
        imports: [
          { labels: { state: 'waiting' }, value: waiting },
          { labels: { state: 'running' }, value: running },
        ],
        oldest: [{ value: oldestWaitingMs / SECOND_MS }],
      };
    },
  );
}
