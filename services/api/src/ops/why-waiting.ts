import { type Heartbeat, type ImportLook, NOBODY } from '@mentorline/store';

/** Why an import that has not ended does not get on, or that it does. */
export const WAITS = {
  working: 'an importer works on it',
  'worker-lost': 'the importer that had it was lost; the next call hands it to another',
  pause: 'an attempt failed, and the next one waits a while',
  'no-importer': 'no importer runs',
  draining: 'every importer is draining',
  'redis-away': 'Redis does not answer, so importers are not called',
  'queue-paused': 'the queue is paused',
  turn: 'its organisation has as many imports running as it may',
  next: 'it is called for, and waits for an importer that is free',
} as const;
export type Wait = keyof typeof WAITS;

/** A process that has not been heard of for so long is counted as lost. */
export const SILENT_AFTER_MS = 10_000;

/** What an import's way on depends on beside itself. */
export interface Surroundings {
  importers: readonly Pick<Heartbeat, 'silentMs' | 'draining'>[];
  /** `undefined`: Redis does not answer. */
  queuePaused: boolean | undefined;
  /** Its organisation has as many running as it may. */
  hasNoPlace: boolean;
}

export function whyWaiting(
  { lease, leaseMs, cancelRequestedAt }: Pick<ImportLook, 'lease' | 'leaseMs' | 'cancelRequestedAt'>,
  { importers, queuePaused, hasNoPlace }: Surroundings,
): Wait {
  const isHeld = lease !== null && (leaseMs ?? 0) > 0;
  if (isHeld && lease.owner !== NOBODY) return 'working';
  const alive = importers.filter(({ silentMs }) => silentMs < SILENT_AFTER_MS);
  if (alive.length === 0) return 'no-importer';
  if (alive.every(({ draining }) => draining)) return 'draining';
  if (queuePaused === undefined) return 'redis-away';
  if (queuePaused) return 'queue-paused';
  if (isHeld) return 'pause';
  if (lease !== null && lease.owner !== NOBODY) return 'worker-lost';
  // One that is to be cancelled takes nobody's place.
  return hasNoPlace && !cancelRequestedAt ? 'turn' : 'next';
}
