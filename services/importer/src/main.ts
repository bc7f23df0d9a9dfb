import { setFlagsFromString } from 'node:v8';
import {
  openQueues,
  queueGauges,
  startDispatcher,
  startHeartbeat,
  startWorker,
  warnOfRedis,
} from '@mentorline/jobs';
import {
  createRegistry,
  createServiceLogger,
  openActivity,
  runningCheck,
  runService,
  serveHealth,
} from '@mentorline/runtime';
import { connectStore, newId, transactionMetrics } from '@mentorline/store';
import { type ImporterConfig, loadImporterConfig } from './config.ts';
import { importerMetrics, importGauges } from './metrics.ts';
import { runNextImport } from './run-import.ts';
import { runShard } from './run-shard.ts';

// Rows are short-lived: left to itself the heap grows to several times what is alive before it is collected.
setFlagsFromString('--heap-growing-percent=30');

let config: ImporterConfig;

await runService(
  () => {
    config = loadImporterConfig(process.env);
    return createServiceLogger('importer', config);
  },
  async (logger) => {
    const registry = createRegistry('importer');
    const store = await connectStore({
      uri: config.MONGODB_URI,
      appName: 'mentorline-importer',
      tellDelayMs: config.SESSION_MAIL_DELAY_MS,
      watchTransactions: transactionMetrics(registry),
    });
    for (const warning of store.warnings) logger.warn(warning);
    const location = { redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX };
    const queues = openQueues(location);
    warnOfRedis(queues.connection, logger);
    queueGauges(registry, queues, 'imports');
    importGauges(registry, store);
    const processId = newId();
    const activity = openActivity();
    const deps = {
      ...{ store, queues, config, logger, activity, processId },
      metrics: importerMetrics(registry),
    };
    const worker = startWorker(
      {
        ...{ ...location, queue: 'imports', concurrency: config.WORKER_CONCURRENCY, logger },
        ...{ activity, registry },
      },
      {
        'run-import': (_payload, signal) => runNextImport(deps, signal),
        'run-shard': ({ importId }, signal) =>
          activity.during('shard', importId, () => runShard(deps, importId, signal)),
      },
    );
    const dispatcher = startDispatcher({ store, queues, logger }, processId);
    const heartbeat = startHeartbeat(deps, { id: processId, service: 'importer', drain: worker.drain });
    const running = runningCheck();
    const health = await serveHealth({
      host: config.INTERNAL_HOST,
      port: config.INTERNAL_PORT,
      checks: [
        running,
        { name: 'mongodb', whenFailing: 'down', run: () => store.ping() },
        { name: 'redis', whenFailing: 'degraded', run: () => queues.ping() },
      ],
      registry,
    });
    return {
      async stop() {
        running.stop();
        await Promise.all([dispatcher.stop(), worker.stop()]);
        await heartbeat.stop();
        health.close();
        await queues.close();
        await store.close();
      },
    };
  },
);
