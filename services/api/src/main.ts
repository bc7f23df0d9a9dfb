import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { openQueues, startHeartbeat } from '@mentorline/jobs';
import {
  createRegistry,
  createServiceLogger,
  openActivity,
  runningCheck,
  runService,
  serveHealth,
} from '@mentorline/runtime';
import { connectStore, newId, transactionMetrics } from '@mentorline/store';
import { buildApp } from './app.ts';
import { type ApiConfig, loadApiConfig } from './config.ts';
import { openCounters } from './limits/counters.ts';
import { apiMetrics } from './metrics.ts';
import { healthChecks } from './routes/health.ts';

let config: ApiConfig;

await runService(
  () => {
    config = loadApiConfig(process.env);
    return createServiceLogger('api', config);
  },
  async (logger) => {
    if (!config.JWT_SECRET) {
      logger.warn('JWT_SECRET is not set: tokens end with this process, and other gateways refuse them');
      config = { ...config, JWT_SECRET: randomBytes(48).toString('base64url') };
    }
    const registry = createRegistry('api');
    const store = await connectStore({
      uri: config.MONGODB_URI,
      appName: 'mentorline-api',
      tellDelayMs: config.SESSION_MAIL_DELAY_MS,
      watchTransactions: transactionMetrics(registry),
    });
    for (const warning of store.warnings) logger.warn(warning);
    const queues = openQueues({ redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX });
    const { REDIS_URL: redisUrl, QUEUE_PREFIX: prefix } = config;
    const counters = openCounters({ redisUrl, prefix, logger });
    const running = runningCheck();
    const metrics = apiMetrics(registry);
    const activity = openActivity();
    const app = await buildApp({
      store,
      queues,
      counters,
      running,
      config,
      logger,
      metrics,
      activity,
      now: () => new Date(),
    });
    const health = await serveHealth({
      host: config.INTERNAL_HOST,
      port: config.INTERNAL_PORT,
      checks: healthChecks({ store, queues, running }),
      registry,
    });
    await app.listen({ host: config.HOST, port: config.PORT });
    const heartbeat = startHeartbeat({ store, activity, logger }, { id: newId(), service: 'api' });
    return {
      async stop() {
        // Whoever balances the load has so long to notice; what still comes is answered.
        running.stop();
        await delay(config.STOP_PAUSE_MS);
        const cutOff = setTimeout(() => {
          logger.warn('requests in flight are cut off');
          app.server.closeAllConnections();
        }, config.STOP_DEADLINE_MS);
        await app.close();
        clearTimeout(cutOff);
        await heartbeat.stop();
        health.close();
        counters.close();
        await queues.close();
        await store.close();
      },
    };
  },
);
