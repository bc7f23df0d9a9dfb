import { randomBytes } from 'node:crypto';
import { openQueues, startHeartbeat } from '@mentorline/jobs';
import { createLogger, openActivity, runService, serveHealth } from '@mentorline/runtime';
import { connectStore, newId } from '@mentorline/store';
import { buildApp } from './app.ts';
import { type ApiConfig, loadApiConfig } from './config.ts';
import { openCounters } from './limits/counters.ts';
import { healthChecks } from './routes/health.ts';

let config: ApiConfig;

await runService(
  () => {
    config = loadApiConfig(process.env);
    return createLogger({ service: 'api', level: config.LOG_LEVEL });
  },
  async (logger) => {
    if (!config.JWT_SECRET) {
      logger.warn('JWT_SECRET is not set: tokens end with this process, and other gateways refuse them');
      config = { ...config, JWT_SECRET: randomBytes(48).toString('base64url') };
    }
    const store = await connectStore({
      uri: config.MONGODB_URI,
      appName: 'mentorline-api',
      tellDelayMs: config.SESSION_MAIL_DELAY_MS,
    });
    const queues = openQueues({ redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX });
    const { REDIS_URL: redisUrl, QUEUE_PREFIX: prefix } = config;
    const counters = openCounters({ redisUrl, prefix, logger });
    const app = await buildApp({ store, queues, counters, config, logger, now: () => new Date() });
    const health = await serveHealth({
      host: config.INTERNAL_HOST,
      port: config.INTERNAL_PORT,
      checks: healthChecks({ store, queues }),
    });
    await app.listen({ host: config.HOST, port: config.PORT });
    const activity = openActivity();
    const heartbeat = startHeartbeat({ store, activity, logger }, { id: newId(), service: 'api' });
    return {
      async stop() {
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
