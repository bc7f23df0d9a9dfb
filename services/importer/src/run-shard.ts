import { LeaseLost, traced } from '@mentorline/runtime';
import { isUnavailable, newId } from '@mentorline/store';
import { CheckpointMoved } from './commit-chunk.ts';
import { LeaveOff, watchForTurn } from './hold-work.ts';
import { type ImportDeps, TRANSACTIONS_SIDE_BY_SIDE } from './import-deps.ts';
import { workShard } from './work-shard.ts';

/**
 * Helps the worker that has a large import: takes one of its shards, if there is one left. Whatever goes wrong is for
 * that worker to deal with, which waits until every shard is done.
 */
export async function runShard(deps: ImportDeps, importId: string, stop: AbortSignal): Promise<void> {
  const { store } = deps;
  const input = await store.imports.findImport(importId);
  if (input?.status !== 'applying' || input.cancelRequestedAt) return;
  const transactions = store.openTransactionPool(TRANSACTIONS_SIDE_BY_SIDE);
  const { cause } = input;
  const logger = deps.logger.child({ importId, requestId: cause?.requestId });
  try {
    const watch = watchForTurn(deps, input, async () => false);
    await traced('shard', { of: cause?.trace ?? null, attributes: { 'mentorline.import': importId } }, () =>
      workShard({ ...deps, logger, transactions }, input, newId(), stop, watch),
    );
  } catch (error) {
    const expected =
      error instanceof LeaveOff || error instanceof LeaseLost || error instanceof CheckpointMoved;
    if (expected) logger.info({ reason: error.message }, 'shard put back');
    else if (!stop.aborted) {
      logger[isUnavailable(error) ? 'warn' : 'error']({ err: error }, 'shard interrupted');
      deps.metrics.interruptions.inc({ reason: 'error' });
    }
  } finally {
    await transactions.close();
  }
}
