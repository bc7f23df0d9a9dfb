export { startDispatcher } from './dispatcher.ts';
export { queueGauges } from './job-metrics.ts';
export { type JobQueues, openQueues } from './job-queues.ts';
export { connectRedis, judgeRedis, openRedis, type QueueLocation } from './redis.ts';
export { startWorker } from './worker.ts';
