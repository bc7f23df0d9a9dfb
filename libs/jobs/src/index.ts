export { startDispatcher } from './dispatcher.ts';
export { startHeartbeat } from './heartbeat.ts';
export { JOBS, QUEUE_NAMES, type QueueName } from './job-list.ts';
export { queueGauges } from './job-metrics.ts';
export { type JobQueues, openQueues } from './job-queues.ts';
export type { QueueState } from './look-at-queues.ts';
export { connectRedis, openRedis, type QueueLocation, warnOfRedis } from './redis.ts';
export type { RedisState } from './redis-info.ts';
export { startWorker } from './worker.ts';
