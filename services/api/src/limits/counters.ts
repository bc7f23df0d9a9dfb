import { openRedis } from '@mentorline/jobs';
import { AppError, type Logger, SECOND_MS } from '@mentorline/runtime';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** A count is not worth a request's patience. */
const COMMAND_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = SECOND_MS;
/** After a failure nothing is counted for so long: a Redis that hangs costs one request its patience, not all. */
const PAUSE_MS = SECOND_MS;

export interface Counter {
  /**
   * Counts one more under a key.
   * @returns whether it was the last that is allowed
   * @throws AppError with the counter's code and when to come again, when there were too many
   */
  count(key: string): Promise<{ isLast: boolean }>;
  /** Takes one back. */
  takeBack(key: string): Promise<void>;
  forget(key: string): Promise<void>;
}

/**
 * Counters that all gateways share through Redis, in windows of fixed length. They fail open: while Redis is away
 * nothing is counted, which is said once an outage, and everybody is let in.
 * (`@fastify/rate-limit` counts requests only: a sign-in that went well has to be taken back.)
 */
export function openCounters(options: { redisUrl: string; prefix: string; logger: Logger }) {
  const redis = openRedis(options.redisUrl, {
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2 * SECOND_MS),
  });
  // Each failure surfaces where a command is awaited; without a listener it would end the process.
  redis.on('error', () => {});
  let isAway = false;
  let pausedUntilMs = 0;

  /** @returns undefined while Redis is away */
  const guarded = async <Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> => {
    if (performance.now() < pausedUntilMs) return undefined;
    try {
      const answer = await ask();
      if (isAway) options.logger.info('limits are counted again');
      isAway = false;
      return answer;
    } catch (error) {
      if (error instanceof RateLimiterRes) throw error;
      if (!isAway) options.logger.warn({ err: error }, 'Redis is away: limits are not counted meanwhile');
      isAway = true;
      pausedUntilMs = performance.now() + PAUSE_MS;
      return undefined;
    }
  };

  return {
    /** Waits until Redis can be asked, or has been waited for long enough. */
    async connect(): Promise<void> {
      await redis.connect().catch(() => {});
    },

    /** @param limit.points how many are allowed in a window; 0: any number */
    counter(limit: {
      name: string;
      points: number;
      windowMs: number;
      code: 'TOO_MANY_REQUESTS' | 'TOO_MANY_ATTEMPTS';
      detail: string;
    }): Counter {
      const { name, points, windowMs, code, detail } = limit;
      if (points === 0) {
        return { count: async () => ({ isLast: false }), takeBack: async () => {}, forget: async () => {} };
      }
      const limiter = new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `${options.prefix}:limit:${name}`,
        points,
        duration: windowMs / SECOND_MS,
        rejectIfRedisNotReady: true,
        // A sender that is over is turned away without asking Redis again. An account may be unlocked elsewhere.
        ...(code === 'TOO_MANY_REQUESTS' ? { inMemoryBlockOnConsumed: points + 1 } : {}),
      });
      return {
        async count(key) {
          try {
            const counted = await guarded(() => limiter.consume(key));
            return { isLast: counted?.remainingPoints === 0 };
          } catch (over) {
            if (!(over instanceof RateLimiterRes)) throw over;
            const retryAfterSeconds = Math.max(1, Math.ceil(over.msBeforeNext / SECOND_MS));
            throw new AppError(code, `${detail}; try again in ${retryAfterSeconds} seconds`, {
              retryAfterSeconds,
            });
          }
        },
        async takeBack(key) {
          await guarded(() => limiter.reward(key));
        },
        async forget(key) {
          await guarded(() => limiter.delete(key));
        },
      };
    },

    close(): void {
      redis.disconnect();
    },
  };
}

export type Counters = ReturnType<typeof openCounters>;
