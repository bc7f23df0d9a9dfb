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
  DAY_MS,
  openActivity,
  runningCheck,
  runService,
  SECOND_MS,
  serveHealth,
} from '@mentorline/runtime';
import { connectStore, newId, transactionMetrics } from '@mentorline/store';
import { loadNotifierConfig, type NotifierConfig } from './config.ts';
import { openConnections } from './connections.ts';
import { ANSWER_TIMEOUT_MS, openMailer } from './mailer.ts';
import { notifierMetrics, outboxGauges } from './metrics.ts';
import { openOutbox } from './outbox.ts';
import { sendMail } from './send-mail.ts';
import { startPlanner } from './sessions/start-planner.ts';
import { startProbing } from './start-probing.ts';

/** Enough that those claimed, made and noted together are several, and no connection waits for a batch. */
const IN_HAND_PER_CONNECTION = 24;
/**
 * As long as a relay may take to answer, and some time to note what it said: left off before, a mail that the relay has would
 * be sent again.
 */
const MAILS_DEADLINE_MS = ANSWER_TIMEOUT_MS + 10 * SECOND_MS;
/** Leaves the rest of the stop as much time as other services have for it. */
const STOP_DEADLINE_MS = MAILS_DEADLINE_MS + 10 * SECOND_MS;

let config: NotifierConfig;

await runService(
  () => {
    config = loadNotifierConfig(process.env);
    return createServiceLogger('notifier', config);
  },
  async (logger) => {
    const registry = createRegistry('notifier');
    const store = await connectStore({
      ...{ uri: config.MONGODB_URI, appName: 'mentorline-notifier' },
      keepMailsMs: config.KEEP_MAILS_DAYS * DAY_MS,
      watchTransactions: transactionMetrics(registry),
    });
    for (const warning of store.warnings) logger.warn(warning);
    const location = { redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX };
    const queues = openQueues(location);
    const mailer = openMailer({ url: config.SMTP_URL, maxConnections: config.WORKER_CONCURRENCY });
    queueGauges(registry, queues, 'mails');
    outboxGauges(registry, store);
    const processId = newId();
    const activity = openActivity();
    const deps = {
      store,
      outbox: openOutbox(store, config.MAIL_LEASE_MS),
      mailer,
      connections: openConnections(config.WORKER_CONCURRENCY),
      logger,
      metrics: notifierMetrics(registry),
      from: config.from,
      publicUrl: config.publicUrl,
      importsUrl: config.importsUrl,
      mailDomain: config.MAIL_DOMAIN,
      leaseMs: config.MAIL_LEASE_MS,
      now: () => new Date(),
      random: Math.random,
    };
    const worker = startWorker(
      {
        ...{ ...location, queue: 'mails', logger, activity },
        concurrency: config.WORKER_CONCURRENCY * IN_HAND_PER_CONNECTION,
        ...{ perMinute: config.MAILS_PER_MINUTE, registry, stopDeadlineMs: MAILS_DEADLINE_MS },
      },
      {
        'send-mail': ({ mailId }, signal) =>
          activity.during('mail', mailId, () => sendMail(deps, mailId, signal)),
      },
    );
    warnOfRedis(queues.connection, logger);
    const dispatcher = startDispatcher({ store, queues, logger }, processId);
    const planner = startPlanner(deps, processId);
    const heartbeat = startHeartbeat(
      { store, activity, logger },
      {
        ...{ id: processId, service: 'notifier', relay: mailer.relay },
        drain(draining) {
          worker.drain(draining);
          planner.drain(draining);
        },
      },
    );
    const probing = startProbing(mailer);
    const running = runningCheck();
    const health = await serveHealth({
      host: config.INTERNAL_HOST,
      port: config.INTERNAL_PORT,
      checks: [
        running,
        { name: 'mongodb', whenFailing: 'down', run: () => store.ping() },
        { name: 'redis', whenFailing: 'degraded', run: () => queues.ping() },
        {
          name: 'smtp',
          whenFailing: 'degraded',
          async run() {
            if (mailer.relay()?.works === false) throw new Error('the relay cannot be used');
          },
        },
      ],
      registry,
    });
    return {
      stopDeadlineMs: STOP_DEADLINE_MS,
      async stop() {
        running.stop();
        await Promise.all([dispatcher.stop(), planner.stop(), worker.stop()]);
        await heartbeat.stop();
        probing.stop();
        await mailer.close();
        health.close();
        await queues.close();
        await store.close();
      },
    };
  },
);
