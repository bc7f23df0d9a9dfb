export { type Activity, openActivity, type Task } from './activity.ts';
export { AppError, type FieldFault } from './app-error.ts';
export { CannotStart } from './cannot-start.ts';
export { type DescribedError, describeError } from './describe-error.ts';
export { ERROR_CODES, type ErrorCode } from './error-codes.ts';
export { type HealthCheck, type Readiness, readiness, runningCheck, serveHealth } from './health.ts';
export { holdLease, LeaseLost } from './hold-lease.ts';
export type { Judgement } from './judgement.ts';
export { ConfigError, loadConfig } from './load-config.ts';
export { createLogger, createServiceLogger, type Logger } from './logger.ts';
export {
  askedGauges,
  Counter,
  createRegistry,
  type GaugeValues,
  Histogram,
  LONG_BUCKETS,
  Registry,
  SHORT_BUCKETS,
} from './metrics.ts';
export { hashPassword, verifyPassword } from './password.ts';
export { type RunningService, runService } from './run-service.ts';
export { hashSecretToken, newSecretToken } from './secret-token.ts';
export {
  MailDomain,
  MongodbUri,
  Port,
  PublicUrl,
  SessionMailDelayMs,
  serviceSettings,
} from './service-settings.ts';
export { startStopwatch } from './stopwatch.ts';
export { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './time-units.ts';
export {
  annotate,
  currentTrace,
  flushTraces,
  isTraced,
  SpanKind,
  type Traceparent,
  traced,
} from './tracing.ts';
export { readVersion } from './version.ts';
export { within } from './within.ts';
