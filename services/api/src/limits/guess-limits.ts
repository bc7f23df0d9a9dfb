import { createHash } from 'node:crypto';
import { HOUR_MS, MINUTE_MS } from '@mentorline/runtime';
import type { ApiConfig } from '../config.ts';
import type { Counters } from './counters.ts';

const WINDOW_MS = 15 * MINUTE_MS;
const MAILS_PER_ACCOUNT = 3;
const MAILS_PER_ADDRESS = 30;

/**
 * Limits on guessing, for each account and for each address that requests come from. An account is counted by what
 * was typed, whether there is one or not. An attempt counts before it is made, so that many at once are no way round.
 */
export function guessLimits(
  counters: Counters,
  config: Pick<ApiConfig, 'SIGN_IN_FAILURES_PER_ACCOUNT' | 'SIGN_IN_FAILURES_PER_ADDRESS'>,
) {
  const code = 'TOO_MANY_ATTEMPTS' as const;
  const wrong = { windowMs: WINDOW_MS, code, detail: 'Too many wrong passwords' };
  const mails = { windowMs: HOUR_MS, code, detail: 'Too many mails were asked for' };
  const ofAccount = counters.counter({
    ...{ ...wrong, name: 'sign-in-account', points: config.SIGN_IN_FAILURES_PER_ACCOUNT },
  });
  const ofAddress = counters.counter({
    ...{ ...wrong, name: 'sign-in-address', points: config.SIGN_IN_FAILURES_PER_ADDRESS },
  });
  const mailsOfAccount = counters.counter({ ...mails, name: 'mail-account', points: MAILS_PER_ACCOUNT });
  const mailsOfAddress = counters.counter({ ...mails, name: 'mail-address', points: MAILS_PER_ADDRESS });

  return {
    /**
     * @returns whether the account is locked if this attempt fails too
     * @throws AppError TOO_MANY_ATTEMPTS
     */
    async beginAttempt(email: string, address: string): Promise<{ isLast: boolean }> {
      // The address first: one that is turned away must not lock accounts.
      await ofAddress.count(address);
      return ofAccount.count(keyOf(email));
    },

    async noteSuccess(email: string, address: string): Promise<void> {
      await Promise.all([ofAccount.forget(keyOf(email)), ofAddress.takeBack(address)]);
    },

    /** Whoever has proved by mail who they are may try again. */
    async unlock(email: string): Promise<void> {
      await ofAccount.forget(keyOf(email));
    },

    /** @throws AppError TOO_MANY_ATTEMPTS */
    async countMail(email: string, address: string): Promise<void> {
      await mailsOfAddress.count(address);
      await mailsOfAccount.count(keyOf(email));
    },
  };
}

export type GuessLimits = ReturnType<typeof guessLimits>;

function keyOf(email: string): string {
  return createHash('sha256').update(email.trim().toLowerCase()).digest('base64url');
}
