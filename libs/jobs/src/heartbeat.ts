import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Activity, type Logger, readVersion, SECOND_MS, within } from '@mentorline/runtime';
import type { RelayState, Store } from '@mentorline/store';

const BEAT_EVERY_MS = 2 * SECOND_MS;
/** A process that stops does not wait for a database that is away. */
const END_TIMEOUT_MS = SECOND_MS;

/**
 * Tells operators in MongoDB that this process is there and what it is busy with, and hears whether it is to drain.
 * @param input.drain called with true when the process is to take no new work, with false when it may again; a process
 * without it cannot be drained
 * @param input.relay how the relay of a notifier was when it was last needed; undefined until then
 */
export function startHeartbeat(
  deps: { store: Pick<Store, 'heartbeats'>; activity: Pick<Activity, 'read'>; logger: Logger },
  input: {
    id: string;
    service: string;
    drain?: (draining: boolean) => void;
    relay?: () => RelayState | undefined;
  },
): { stop(): Promise<void> } {
  const { store, activity, logger } = deps;
  const { id, service, drain, relay } = input;
  const self = { id, service, version: readVersion(), host: hostname(), pid: process.pid, since: new Date() };
  const stopping = new AbortController();
  let draining: boolean | null = drain ? false : null;
  let isHeard = true;

  const tell = (): Promise<boolean> => {
    const relayState = relay?.();
    return store.heartbeats.beat({
      ...{ ...self, ...activity.read(), draining },
      ...(relayState ? { relay: relayState } : {}),
    });
  };
  const beat = async (): Promise<void> => {
    const toDrain = await tell();
    isHeard = true;
    if (!drain || toDrain === draining) return;
    draining = toDrain;
    logger.info(draining ? 'draining: no new work is taken' : 'work is taken again');
    drain(draining);
    await tell();
  };

  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await beat();
      } catch (error) {
        if (isHeard) logger.warn({ err: error }, 'heartbeat cannot be written; trying again');
        isHeard = false;
      }
      await sleep(BEAT_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();

  return {
    async stop(): Promise<void> {
      stopping.abort();
      const ended = running.then(() => store.heartbeats.endHeartbeat(id));
      await within(ended, END_TIMEOUT_MS, undefined);
    },
  };
}
