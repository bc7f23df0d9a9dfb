import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { JobQueues } from '@mentorline/jobs';
import {
  type Activity,
  AppError,
  type Logger,
  MINUTE_MS,
  type runningCheck,
  SECOND_MS,
} from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { accessTokens } from './accounts/access-token.ts';
import { identityProvider } from './accounts/identity-provider.ts';
import { lateWork } from './accounts/late-work.ts';
import { brokenRequests } from './broken-requests.ts';
import type { ApiConfig } from './config.ts';
import { sendProblem } from './error-handler.ts';
import type { Counters } from './limits/counters.ts';
import { guessLimits } from './limits/guess-limits.ts';
import { requestLimits } from './limits/request-limits.ts';
import type { ApiMetrics } from './metrics.ts';
import { opsTickets } from './ops/ops-ticket.ts';
import { auth } from './plugins/auth.ts';
import { emptyBodies } from './plugins/empty-bodies.ts';
import { idempotency } from './plugins/idempotency.ts';
import { watchMethods } from './plugins/method-not-allowed.ts';
import { oddRequests } from './plugins/odd-requests.ts';
import { openapi } from './plugins/openapi.ts';
import { opsCookie } from './plugins/ops-cookie.ts';
import { overload } from './plugins/overload.ts';
import { requestActivity } from './plugins/request-activity.ts';
import { requestLog } from './plugins/request-log.ts';
import { requestMetrics } from './plugins/request-metrics.ts';
import { slowClients } from './plugins/slow-clients.ts';
import { validation } from './plugins/validation.ts';
import { auditRoutes } from './routes/audit.ts';
import { authRoutes } from './routes/auth.ts';
import { calendarRoutes } from './routes/calendars.ts';
import { enrolmentRoutes } from './routes/enrolments.ts';
import { healthChecks, healthRoutes } from './routes/health.ts';
import { importActionRoutes } from './routes/import-actions.ts';
import { importEventRoutes } from './routes/import-events.ts';
import { importFileRoutes } from './routes/import-files.ts';
import { importRoutes } from './routes/imports.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { meRoutes } from './routes/me.ts';
import { opsRoutes } from './routes/ops.ts';
import { opsPageRoutes } from './routes/ops-pages.ts';
import { opsRepairRoutes } from './routes/ops-repairs.ts';
import { optionRoutes } from './routes/options.ts';
import { organisationRoutes } from './routes/organisation.ts';
import { queueBoard } from './routes/queue-board.ts';
import { sessionChangeRoutes } from './routes/session-changes.ts';
import { sessionFileRoutes } from './routes/session-files.ts';
import { sessionImageRoutes } from './routes/session-images.ts';
import { sessionMailRoutes } from './routes/session-mails.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { setPasswordPage } from './routes/set-password-page.ts';
import { suppressionRoutes } from './routes/suppressions.ts';
import { unsubscribeRoutes } from './routes/unsubscribe-page.ts';
import { userRoutes } from './routes/users.ts';

export interface AppDeps {
  store: Store;
  queues: JobQueues;
  counters: Counters;
  running?: ReturnType<typeof runningCheck>;
  config: ApiConfig;
  logger: Logger;
  metrics: ApiMetrics;
  activity: Activity;
  now: () => Date;
}

const API_VERSION = '1.0.0';
const BODY_LIMIT_BYTES = 1024 * 1024;
// An upload may be slow, but not for ever.
const REQUEST_TIMEOUT_MS = 30 * MINUTE_MS;
const CHECK_CONNECTIONS_MS = 5 * SECOND_MS;
const PREFLIGHT_SECONDS = 600;

const EXPOSED_HEADERS = [
  ...['etag', 'location', 'retry-after', 'x-request-id', 'content-disposition', 'idempotency-replayed'],
];

/** The gateway, ready to listen or to be injected into; closing it waits for the requests in flight. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { store, queues, counters, config, logger, now } = deps;
  const refuseBroken = brokenRequests(deps);
  const app: FastifyInstance = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: ({ headers }) => plainId(headers['x-request-id']) ?? randomUUID(),
    trustProxy: listOf(config.TRUST_PROXY).length > 0 ? listOf(config.TRUST_PROXY) : false,
    bodyLimit: BODY_LIMIT_BYTES,
    http: {
      headersTimeout: config.HEADERS_TIMEOUT_MS,
      requireHostHeader: false,
      connectionsCheckingInterval: Math.min(config.HEADERS_TIMEOUT_MS / 2, CHECK_CONNECTIONS_MS),
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Kept connections are served to the end of the request at hand, not refused.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    clientErrorHandler: (error, socket) => refuseBroken(error, socket),
  });
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(new AppError('NOT_FOUND', 'There is nothing at this address'), request, reply),
  );
  // Text is a body that no route takes; without its parser it is answered with 415.
  app.removeContentTypeParser('text/plain');

  await app.register(requestLog);
  await app.register(requestMetrics, deps.metrics);
  await app.register(requestActivity, deps);
  // A connection that is kept would bring further requests to a gateway that is about to go.
  app.addHook('onSend', async (_request, reply) => {
    if (deps.running?.isStopping) reply.header('connection', 'close');
  });
  // Before anything that may refuse a request: a browser keeps a refusal from its page that lacks these headers.
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  const origins = listOf(config.CORS_ORIGINS);
  if (origins.length > 0) {
    await app.register(cors, {
      origin: origins,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: PREFLIGHT_SECONDS,
      // What asks without being a browser is answered too, rather than refused in plain text.
      strictPreflight: false,
    });
  }
  await app.register(oddRequests);
  await app.register(slowClients, {
    bodyTimeoutMs: config.BODY_TIMEOUT_MS,
    idleTimeoutMs: config.IDLE_TIMEOUT_MS,
    refuseBroken,
  });
  await app.register(overload, { maxEventLoopDelayMs: config.MAX_EVENT_LOOP_DELAY_MS });
  await app.register(emptyBodies);
  await app.register(validation);
  await app.register(openapi, { publicUrl: config.PUBLIC_URL, version: API_VERSION });

  const tokens = accessTokens(config.JWT_SECRET);
  const mailDomain = config.MAIL_DOMAIN;
  const late = lateWork(logger);
  app.addHook('onClose', () => late.finish());
  await counters.connect();
  const limits = requestLimits(counters, config);
  const accounts = { store, now, tokens, limits, late, guesses: guessLimits(counters, config), mailDomain };
  const answerOtherMethods = watchMethods(app);
  await app.register(healthRoutes(healthChecks(deps)));
  await app.register(authRoutes(accounts));
  await app.register(setPasswordPage);
  await app.register(unsubscribeRoutes(accounts));
  await app.register(async (guarded) => {
    await guarded.register(auth({ ...accounts, provider: identityProvider(config) }));
    await guarded.register(idempotency({ store, now }));
    await guarded.register(meRoutes(accounts));
    await guarded.register(invitationRoutes(accounts));
    await guarded.register(auditRoutes({ store }));
    await guarded.register(organisationRoutes({ store, now }));
    await guarded.register(optionRoutes({ store, now }));
    await guarded.register(userRoutes({ store, now, mailDomain }));
    await guarded.register(suppressionRoutes({ store, now }));
    await guarded.register(sessionRoutes({ store, now }));
    await guarded.register(sessionFileRoutes({ store, now }));
    await guarded.register(sessionChangeRoutes({ store, now }));
    await guarded.register(sessionImageRoutes({ store, now }));
    await guarded.register(enrolmentRoutes({ store, now }));
    await guarded.register(sessionMailRoutes({ store, queues, now }));
    await guarded.register(calendarRoutes({ store, now, mailDomain }));
    await guarded.register(importFileRoutes({ store, now }));
    await guarded.register(importEventRoutes({ store, now }));
    await guarded.register(importActionRoutes({ store, queues, now }));
    await guarded.register(opsRoutes({ store, queues, now }));
    await guarded.register(opsRepairRoutes({ store, queues, now }));
    await guarded.register(importRoutes({ store, queues, now, maxUploadBytes: config.MAX_UPLOAD_BYTES }));
  });
  const { PUBLIC_URL: publicUrl, NODE_ENV } = config;
  const pages = {
    publicUrl,
    isProduction: NODE_ENV === 'production',
    tickets: opsTickets(config.JWT_SECRET),
  };
  await app.register(async (ops) => {
    await ops.register(opsCookie({ ...accounts, ...pages }));
    await ops.register(opsPageRoutes({ ...accounts, ...pages, queues }));
  });
  answerOtherMethods();
  // Its addresses are the board's own affair.
  await app.register(async (ops) => {
    await ops.register(opsCookie({ ...accounts, ...pages }));
    await ops.register(queueBoard({ store, queues, now }));
  });
  await app.ready();
  return app;
}

/** An id from outside goes into logs and answers, so only a harmless one is taken. */
function plainId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w-]{8,64}$/u.test(header) ? header : undefined;
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
