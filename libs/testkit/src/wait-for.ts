import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;
/** Only what hangs takes so long, however busy the machine is. */
const PATIENCE_MS = 240_000;

/**
 * Asks until there is an answer.
 * @throws when there is none within `timeoutMs`, naming what was waited for
 */
export async function waitFor<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false>,
  timeoutMs = PATIENCE_MS,
): Promise<Answer> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await delay(POLL_MS);
  }
}
