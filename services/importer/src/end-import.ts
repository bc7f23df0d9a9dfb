import type { AppError } from '@mentorline/runtime';
import { type Import, type ImportProgress, NO_ROWS } from '@mentorline/store';
import type { ImportDeps } from './import-deps.ts';

/**
 * Ends an import whose rows all have their result: counts, report and the mail that tells of it, together.
 * @throws when results are missing: an import is never called complete on trust
 */
export async function completeImport(
  deps: ImportDeps,
  input: Import,
  owner: string,
  reportSizeBytes: number,
): Promise<void> {
  const rows = await deps.store.imports.countRows(input.id);
  const results = Object.values(rows).reduce((sum, count) => sum + count, 0);
  if (results !== input.rowsTotal) {
    throw new Error(`${results} results for ${input.rowsTotal} rows`);
  }
  const report = { fileId: input.report!.fileId, sizeBytes: reportSizeBytes };
  await end(deps, input, owner, { from: 'reporting', to: 'completed' }, { rows, report });
  deps.logger.info({ rows }, 'import completed');
}

/** Ends an import whose file cannot be applied; nothing of it has been. */
export async function failImport(
  deps: ImportDeps,
  input: Import,
  owner: string,
  fault: AppError,
): Promise<void> {
  const { row } = fault.extra;
  const failure = { code: fault.code, message: fault.message, row: typeof row === 'number' ? row : null };
  await end(deps, input, owner, { from: 'staging', to: 'failed' }, { rows: NO_ROWS, failure });
}

async function end(
  { store, queues, config }: ImportDeps,
  input: Import,
  owner: string,
  move: { from: 'reporting'; to: 'completed' } | { from: 'staging'; to: 'failed' },
  set: ImportProgress,
): Promise<void> {
  const { organisationId, id: importId, uploadedBy } = input;
  const mailId = await store.transaction(async (transaction) => {
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
    if (!moved) throw new Error('the import is no longer in our hands');
    return added;
  });
  await queues.enqueue('send-mail', { mailId }, 0);
}
