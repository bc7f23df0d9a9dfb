export { startDispatcher } from './dispatcher.ts';
export { startHeartbeat } from './heartbeat.ts';
export { JOBS, QUEUE_NAMES, type QueueName } from './job-list.ts';
export { queueGauges } from './job-metrics.ts';
export { type JobQueues, openQueues } from './job-queues.ts';
export { judgeRedis, warnOfRedis } from './judge-redis.ts';
export type { QueueState } from './look-at-queues.ts';
export { connectRedis, openRedis, type QueueLocation } from './redis.ts';
export { startWorker } from './worker.ts';
