import { holdLease } from '@mentorline/runtime';
import type { Import } from '@mentorline/store';
import type { ImportDeps } from './import-deps.ts';

/** Often enough that a cancelled import stops within two seconds. */
const BEAT_MS = 1_000;
/** Work that has waited as long as this found no free place. */
const HUNGRY_AFTER_MS = 2_000;

/** Why a worker leaves off though it could go on: its import is to be cancelled, or it is somebody else's turn. */
export class LeaveOff extends Error {
  readonly why: 'cancel' | 'turn';
  constructor(why: 'cancel' | 'turn') {
    super(why === 'cancel' ? 'the import is to be cancelled' : "it is another organisation's turn");
    this.name = 'LeaveOff';
    this.why = why;
  }
}

/**
 * Does a piece of work while its lease is held.
 * @param held.renew keeps the lease; false when it was lost
 * @param held.watch asked about once a second whether to leave off
 * @throws what `work` throws; it is told to leave off by its signal, whose reason is `LeaseLost`, `LeaveOff` or `stop`'s
 */
export async function holdWork<Result>(
  { config }: Pick<ImportDeps, 'config'>,
  held: { renew: () => Promise<boolean>; watch: () => Promise<LeaveOff | undefined>; stop: AbortSignal },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const leaving = new AbortController();
  const beat = async (): Promise<boolean> => {
    if (!(await held.renew())) return false;
    const why = await held.watch();
    if (why) leaving.abort(why);
    return true;
  };
  const lease = holdLease(beat, Math.min(config.IMPORT_LEASE_MS / 3, BEAT_MS));
  try {
    return await work(AbortSignal.any([held.stop, lease.signal, leaving.signal]));
  } finally {
    lease.release();
  }
}

/** What a worker asks itself while it works: whether the import is to be cancelled. */
export function watchForCancel(
  { store }: Pick<ImportDeps, 'store'>,
  input: Import,
): () => Promise<LeaveOff | undefined> {
  return async () => {
    const isCancelled = !input.cancelRequestedAt && (await store.imports.isCancelRequested(input.id));
    return isCancelled ? new LeaveOff('cancel') : undefined;
  };
}

/**
 * The same, and, once the worker has had its turn, whether an organisation waits that has nothing running. Only for
 * work that can be taken up where it was left off.
 * @param mayStay whether somebody else is to make room first
 */
export function watchForTurn(
  { store, config }: Pick<ImportDeps, 'store' | 'config'>,
  input: Import,
  mayStay: () => Promise<boolean>,
): () => Promise<LeaveOff | undefined> {
  const isCancelled = watchForCancel({ store }, input);
  const turnEndsAt = performance.now() + config.IMPORT_TURN_MS;
  return async () => {
    const cancelled = await isCancelled();
    if (cancelled || performance.now() < turnEndsAt) return cancelled;
    const [next] = await store.imports.listWaitingImports(1);
    const isHungry = next?.running === 0 && Date.now() - next.acceptedAt.getTime() > HUNGRY_AFTER_MS;
    return isHungry && !(await mayStay()) ? new LeaveOff('turn') : undefined;
  };
}
