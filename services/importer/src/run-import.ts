import { AppError, holdLease } from '@mentorline/runtime';
import { type Import, newId } from '@mentorline/store';
import { applyRows } from './apply-rows.ts';
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
  const claimed = await store.imports.claimImport(importId, owner, config.IMPORT_LEASE_MS, transactions);
  if (!claimed) return transactions.close();
  const logger = deps.logger.child({ importId, attempt: claimed.attempts });
  logger.info({ status: claimed.status }, 'import claimed');
  const lease = holdLease(
    () => store.imports.renewImportLease(importId, owner, config.IMPORT_LEASE_MS),
    config.IMPORT_LEASE_MS,
  );
  const signal = AbortSignal.any([stop, lease.signal]);
  try {
    await advance({ ...deps, logger, transactions }, claimed, owner, signal);
  } catch (error) {
    if (lease.signal.aborted) return logger.warn('another worker has taken the import over');
    const retryMs = stop.aborted ? 0 : Math.min(RETRY_STEP_MS * claimed.attempts, LONGEST_RETRY_MS);
    if (!stop.aborted) logger.error({ err: error, retryMs }, 'import interrupted');
    // Should MongoDB be away the lease runs out by itself.
    await store.imports.releaseImport(importId, owner, retryMs).catch(() => {});
  } finally {
    lease.release();
    await transactions.close().catch(() => {});
  }
}

/** One step for each state, in the order of the state table. */
async function advance(
  deps: ApplyingDeps,
  claimed: Import,
  owner: string,
  signal: AbortSignal,
): Promise<void> {
  const { store, logger } = deps;
  let status = claimed.status;
  const reload = async (): Promise<Import> => (await store.imports.findImport(claimed.id))!;

  if (status === 'queued') {
    await store.imports.moveImport(claimed.id, owner, { from: 'queued', to: 'staging' }, {});
    status = 'staging';
  }
  if (status === 'staging') {
    try {
      await stageImport(deps, claimed, owner, signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      logger.info({ code: error.code }, 'import refused in staging');
      return failImport(deps, claimed, owner, error);
    }
    status = 'applying';
  }
  if (status === 'applying') {
    await applyRows(deps, await reload(), signal);
    // The report's place is fixed before it is written: a second try replaces the first one's leavings.
    const report = { fileId: newId(), sizeBytes: 0 };
    await store.imports.moveImport(claimed.id, owner, { from: 'applying', to: 'reporting' }, { report });
    status = 'reporting';
  }
  signal.throwIfAborted();
  const applied = await reload();
  const sizeBytes = await writeReportFile(deps, applied, signal);
  await completeImport(deps, applied, owner, sizeBytes);
}
