import { MINUTE_MS } from '@mentorline/runtime';
import type { ApiConfig } from '../config.ts';
import type { Counters } from './counters.ts';

/** Limits on requests, for each person and for each address. */
export function requestLimits(
  counters: Counters,
  config: Pick<ApiConfig, 'REQUESTS_PER_MINUTE_OF_USER' | 'REQUESTS_PER_MINUTE_OF_ADDRESS'>,
) {
  const limit = { windowMs: MINUTE_MS, code: 'TOO_MANY_REQUESTS' as const };
  const ofUser = counters.counter({
    ...{ ...limit, name: 'user', points: config.REQUESTS_PER_MINUTE_OF_USER },
    detail: 'You send too many requests',
  });
  const ofAddress = counters.counter({
    ...{ ...limit, name: 'address', points: config.REQUESTS_PER_MINUTE_OF_ADDRESS },
    detail: 'Too many requests come from your address',
  });
  return {
    /** @throws AppError TOO_MANY_REQUESTS */
    async countStranger(address: string): Promise<void> {
      await ofAddress.count(address);
    },

    /** @throws AppError TOO_MANY_REQUESTS */
    async countUser(userId: string, address: string): Promise<void> {
      // In one go to Redis and back.
      await Promise.all([ofUser.count(userId), ofAddress.count(address)]);
    },
  };
}

export type RequestLimits = ReturnType<typeof requestLimits>;
