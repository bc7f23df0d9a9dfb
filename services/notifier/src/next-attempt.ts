import { DAY_MS, MINUTE_MS, SECOND_MS } from '@mentorline/runtime';

const FIRST_DELAY_MS = SECOND_MS;
const LONGEST_DELAY_MS = 15 * MINUTE_MS;
/** Counted from the first try: what waited for a notifier has its day all the same. */
const GIVE_UP_AFTER_MS = DAY_MS;

/**
 * When to try a mail again: delays double from one second to a quarter of an hour, each shortened by up to half so
 * that mails which failed together do not come back together.
 * @param mail.firstTriedAt absent: this try is the first that is known of
 * @param mail.attempts tries so far, this one included
 * @param random 0 to 1
 * @returns `undefined` when a day has passed: give up; the last try falls on the end of that day
 */
export function nextAttempt(
  mail: { firstTriedAt?: Date; attempts: number },
  nowMs: number,
  random: number,
): Date | undefined {
  const giveUpMs = (mail.firstTriedAt?.getTime() ?? nowMs) + GIVE_UP_AFTER_MS;
  if (nowMs >= giveUpMs) return undefined;
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (mail.attempts - 1), LONGEST_DELAY_MS);
  return new Date(Math.min(nowMs + delayMs * (1 - random / 2), giveUpMs));
}
