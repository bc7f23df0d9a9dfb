import { AppError, LeaseLost } from '@mentorline/runtime';
import type { Import } from '@mentorline/store';
import { applyRows } from './apply-rows.ts';
import { holdWork, type LeaveOff } from './hold-work.ts';
import type { ClaimedDeps } from './import-deps.ts';
import { rowKindOf } from './row-kinds.ts';

/** Far more than it takes to find a row that ends the process: something else does. */
const MOST_STALLS = 20;

/**
 * Takes any shard of the import that nobody holds, and applies its rows.
 * @param owner who takes it
 * @param watch asked about once a second whether to leave off
 * @returns false when there was none to take
 * @throws what {@link applyRows} throws; the shard has been given back then
 */
export async function workShard(
  deps: ClaimedDeps,
  input: Import,
  owner: string,
  stop: AbortSignal,
  watch: () => Promise<LeaveOff | undefined>,
): Promise<boolean> {
  const { store, config, transactions } = deps;
  const shard = await store.shards.claimShard(input, owner, config.IMPORT_LEASE_MS, transactions, {
    littleRows: 2 * config.IMPORT_CHUNK_ROWS * input.partitions,
  });
  if (!shard) return false;
  const logger = deps.logger.child({ shard: shard.shard });
  if (shard.stalls >= MOST_STALLS) {
    throw new AppError('INTERNAL_ERROR', 'Not every row could be processed because of a fault on our side');
  }
  if (shard.stalls > 0) logger.warn({ stalls: shard.stalls, suspect: shard.suspect }, 'a worker was lost');
  let done = shard.doneThrough;
  const renew = () => store.shards.renewShard(shard, owner, config.IMPORT_LEASE_MS, done);
  try {
    const kind = await rowKindOf({ store, mailDomain: config.MAIL_DOMAIN }, input);
    await holdWork(deps, { renew, watch, stop }, (signal) =>
      applyRows(
        { ...deps, logger },
        {
          ...{ import: input, shard, kind },
          async noteTrial(trial) {
            if (!(await store.shards.noteTrial(shard, owner, trial))) throw new LeaseLost();
          },
          doneThrough: (row) => {
            done = row;
          },
        },
        signal,
      ),
    );
  } catch (error) {
    // Should MongoDB be away the lease runs out by itself; should another hold it this does nothing.
    await store.shards.releaseShard(shard, owner, done).catch(() => {});
    throw error;
  }
  if (!(await store.shards.finishShard(shard, owner))) throw new LeaseLost();
  return true;
}
