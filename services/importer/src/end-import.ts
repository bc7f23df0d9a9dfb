import { type AppError, LeaseLost, SECOND_MS } from '@mentorline/runtime';
import type { Import, ImportProgress } from '@mentorline/store';
import type { ClaimedDeps } from './import-deps.ts';
import { REPORT } from './write-report-file.ts';

const OURS: readonly AppError['code'][] = ['INTERNAL_ERROR', 'FILE_DAMAGED'];

/**
 * Ends an import whose rows all have their result: counts, report and the mail that tells of it, together.
 * @throws LeaseLost when another worker has it
 */
export async function completeImport(
  deps: ClaimedDeps,
  input: Import,
  owner: string,
  report: { fileId: string; sizeBytes: number },
): Promise<void> {
  const rows = await deps.store.imports.countRows(input.id);
  const to = rows.unprocessed > 0 ? 'cancelled' : 'completed';
  try {
    const mails = await deps.store.imports.countMails(input.id);
    await end(deps, input, owner, to, { rows, mails, report });
  } catch (error) {
    if (error instanceof LeaseLost) await deps.store.files.deleteFile(report.fileId);
    throw error;
  }
  deps.logger.info({ rows }, `import ${to}`);
  await deps.store.files.deleteOtherFiles(input.id, REPORT, report.fileId);
}

/**
 * Ends an import that cannot go on; rows without a result are unprocessed.
 * @throws LeaseLost when another worker has it
 */
export async function failImport(
  deps: ClaimedDeps,
  input: Import,
  owner: string,
  fault: AppError,
): Promise<void> {
  const { row } = fault.extra;
  const failure = { code: fault.code, message: fault.message, row: typeof row === 'number' ? row : null };
  // Those who still work on shards are kept from applying anything more: what is counted now is what there is.
  await deps.transactions.run((transaction) => deps.store.shards.closeShards(transaction, input.id));
  const rows = await deps.store.imports.countRows(input.id);
  const done = Object.values(rows).reduce((sum, count) => sum + count, 0);
  rows.unprocessed += Math.max(0, (input.rowsTotal ?? 0) - done);
  const mails = await deps.store.imports.countMails(input.id);
  await end(deps, input, owner, 'failed', { rows, mails, failure });
  // A broken file is its uploader's to mend; what is ours is an operator's.
  const level = OURS.includes(fault.code) ? 'error' : 'info';
  deps.logger[level]({ code: fault.code, from: input.status }, 'import failed');
}

async function end(
  { store, transactions, queues, config, metrics }: ClaimedDeps,
  input: Import,
  owner: string,
  to: 'completed' | 'failed' | 'cancelled',
  set: ImportProgress,
): Promise<void> {
  if (input.mode === 'check') await store.forgetDryRun(input.id);
  const mailId = await transactions.run(async (transaction) => {
    const added = await store.mails.addReportMail(transaction, input, config.MAIL_DOMAIN);
    const move = { from: input.status, to };
    const moved = await store.imports.moveImport(
      input.id,
      owner,
      move,
      { ...set, mailId: added },
      transaction,
    );
    if (!moved) throw new LeaseLost();
    return added;
  });
  const tookMs = Date.now() - input.acceptedAt.getTime();
  metrics.took.observe({ kind: input.kind, outcome: to }, tookMs / SECOND_MS);
  await queues.enqueue('send-mail', { mailId }, 0);
}
