import { type AppError, LeaseLost } from '@mentorline/runtime';
import type { Import, ImportProgress } from '@mentorline/store';
import type { ApplyingDeps } from './import-deps.ts';
import { REPORT } from './write-report-file.ts';

/**
 * Ends an import whose rows all have their result: counts, report and the mail that tells of it, together.
 * @throws LeaseLost when another worker has it
 */
export async function completeImport(
  deps: ApplyingDeps,
  input: Import,
  owner: string,
  report: { fileId: string; sizeBytes: number },
): Promise<void> {
  const rows = await deps.store.imports.countRows(input.id);
  try {
    await end(deps, input, owner, { from: 'reporting', to: 'completed' }, { rows, report });
  } catch (error) {
    if (error instanceof LeaseLost) await deps.store.files.deleteFile(report.fileId);
    throw error;
  }
  deps.logger.info({ rows }, 'import completed');
  await deps.store.files.deleteOtherFiles(input.id, REPORT, report.fileId);
}

/**
 * Ends an import that cannot go on; rows without a result are unprocessed.
 * @throws LeaseLost when another worker has it
 */
export async function failImport(
  deps: ApplyingDeps,
  input: Import,
  owner: string,
  from: 'staging' | 'applying' | 'reporting',
  fault: AppError,
): Promise<void> {
  const { row } = fault.extra;
  const failure = { code: fault.code, message: fault.message, row: typeof row === 'number' ? row : null };
  const rows = await deps.store.imports.countRows(input.id);
  const done = Object.values(rows).reduce((sum, count) => sum + count, 0);
  rows.unprocessed += Math.max(0, (input.rowsTotal ?? 0) - done);
  await end(deps, input, owner, { from, to: 'failed' }, { rows, failure });
  deps.logger.info({ code: fault.code, from }, 'import failed');
}

async function end(
  { store, transactions, queues, config }: ApplyingDeps,
  input: Import,
  owner: string,
  move: { from: 'staging' | 'applying' | 'reporting'; to: 'completed' | 'failed' },
  set: ImportProgress,
): Promise<void> {
  const { organisationId, id: importId, uploadedBy } = input;
  const mailId = await transactions.run(async (transaction) => {
    const added = await store.mails.addMail(transaction, {
      organisationId,
      kind: 'import-report',
      importId,
      to: { name: uploadedBy.name, address: uploadedBy.email },
      messageId: `<import-report.${importId}@${config.MAIL_DOMAIN}>`,
      date: new Date(),
    });
    const moved = await store.imports.moveImport(
      importId,
      owner,
      move,
      { ...set, mailId: added },
      transaction,
    );
    if (!moved) throw new LeaseLost();
    return added;
  });
  await queues.enqueue('send-mail', { mailId }, 0);
}
