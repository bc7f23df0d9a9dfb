import { AppError, holdLease, LeaseLost } from '@mentorline/runtime';
import { type Import, newId } from '@mentorline/store';
import { applyRows } from './apply-rows.ts';
import { CheckpointMoved } from './commit-chunk.ts';
import { completeImport, failImport } from './end-import.ts';
import { type ApplyingDeps, type ImportDeps, TRANSACTIONS_SIDE_BY_SIDE } from './import-deps.ts';
import { stageImport } from './stage-import.ts';
import { writeReportFile } from './write-report-file.ts';

const RETRY_STEP_MS = 250;
const LONGEST_RETRY_MS = 30_000;

/**
 * Takes an import as far as it goes: claim, staging, applying, reporting, the mail. Wherever an earlier worker left
 * off, this one goes on; where the import has ended or another worker holds it, nothing happens.
 * Does not throw for what may pass: the import goes back with a waiting time, and the dispatcher calls again.
 */
export async function runImport(deps: ImportDeps, importId: string, stop: AbortSignal): Promise<void> {
  const { store, config } = deps;
  const owner = newId();
  const transactions = store.openTransactionPool(TRANSACTIONS_SIDE_BY_SIDE);
  try {
    const claimed = await store.imports.claimImport(importId, owner, config.IMPORT_LEASE_MS, transactions);
    if (!claimed) return;
    const logger = deps.logger.child({ importId, attempt: claimed.attempts });
    logger.info({ status: claimed.status }, 'import claimed');
    await hold({ ...deps, logger, transactions }, claimed, owner, stop);
  } finally {
    await transactions.close();
  }
}

/** Works on a claimed import while its lease is held, and gives it back if it does not end. */
async function hold(deps: ApplyingDeps, claimed: Import, owner: string, stop: AbortSignal): Promise<void> {
  const { logger } = deps;
  const { imports } = deps.store;
  const leaseMs = deps.config.IMPORT_LEASE_MS;
  const lease = holdLease(() => imports.renewImportLease(claimed.id, owner, leaseMs), leaseMs);
  try {
    await advance(deps, claimed, owner, AbortSignal.any([stop, lease.signal]));
  } catch (error) {
    if (lease.signal.aborted || error instanceof LeaseLost || error instanceof CheckpointMoved) {
      logger.warn({ reason: (error as Error).message }, 'another worker has taken the import over');
    } else if (!stop.aborted) {
      logger.error({ err: error }, 'import interrupted');
    }
    const retryMs = stop.aborted ? 0 : Math.min(RETRY_STEP_MS * claimed.attempts, LONGEST_RETRY_MS);
    // Should MongoDB be away the lease runs out by itself; should another hold it this does nothing.
    await imports.releaseImport(claimed.id, owner, retryMs).catch(() => {});
  } finally {
    lease.release();
  }
}

/** One step for each state, in the order of the state table. */
async function advance(
  deps: ApplyingDeps,
  claimed: Import,
  owner: string,
  signal: AbortSignal,
): Promise<void> {
  const { imports } = deps.store;
  const reload = async (): Promise<Import> => (await imports.findImport(claimed.id))!;
  let { status } = claimed;
  if (status === 'queued') {
    require(await imports.moveImport(claimed.id, owner, { from: 'queued', to: 'staging' }, {}));
    status = 'staging';
  }
  try {
    if (status === 'staging') {
      const staged = await stageImport(deps, claimed, signal);
      require(await imports.beginApplying(claimed.id, owner, staged));
      status = 'applying';
    }
    if (status === 'applying') {
      await applyRows(deps, await reload(), signal);
      await requireAllResults(deps, await reload());
      require(await imports.moveImport(claimed.id, owner, { from: 'applying', to: 'reporting' }, {}));
      status = 'reporting';
    }
    const applied = await reload();
    await completeImport(deps, applied, owner, await writeReportFile(deps, applied, signal));
  } catch (error) {
    // What an AppError says stays true however often it is tried.
    if (!(error instanceof AppError) || signal.aborted) throw error;
    await failImport(deps, await reload(), owner, status as 'staging' | 'applying' | 'reporting', error);
  }
}

function require(held: boolean): void {
  if (!held) throw new LeaseLost();
}

/** An import is never called complete on trust. */
async function requireAllResults(deps: ApplyingDeps, input: Import): Promise<void> {
  const rows = await deps.store.imports.countRows(input.id);
  const results = Object.values(rows).reduce((sum, count) => sum + count, 0);
  if (results === input.rowsTotal) return;
  deps.logger.fatal({ results, rowsTotal: input.rowsTotal }, 'rows and results differ in number');
  throw new AppError('INTERNAL_ERROR', 'Not every row could be processed because of a fault on our side');
}
