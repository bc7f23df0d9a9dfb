import { createHash } from 'node:crypto';
import { sessionSheet, UploadCheck, USER_SHEET } from '@mentorline/csv';
import type { Import } from '@mentorline/store';
import type { Fixtures } from './setup.ts';

/** Puts a file where the gateway would, for tests that are about what comes after it. */
export async function acceptFile(
  { store, organisation: { id: organisationId }, users }: Fixtures,
  file: Buffer,
  acceptedAt = new Date(),
  {
    kind = 'sessions',
    mode = 'apply',
    notify = true,
    cause = null,
  }: {
    kind?: 'sessions' | 'users';
    mode?: 'apply' | 'check';
    notify?: boolean;
    cause?: Import['cause'];
  } = {},
): Promise<Import> {
  // As it stands now: a test may have changed it.
  const organisation = (await store.organisations.findOrganisation(organisationId))!;
  const check = new UploadCheck(kind === 'users' ? USER_SHEET : sessionSheet(organisation.customFields));
  check.write(file);
  const { header, ...format } = check.end();
  const stored = await store.files.writeFile('sessions.csv', { purpose: 'import-source' }, [file]);
  const manager = users.get('manager@example.org')!;
  return store.imports.acceptImport(
    {
      ...format,
      header,
      warnings: [...header.warnings],
      organisationId,
      uploadedBy: { userId: manager.id, name: manager.name, email: manager.email },
      kind,
      mode,
      notify,
      cause,
      fileName: 'sessions.csv',
      fileId: stored.id,
      sizeBytes: stored.sizeBytes,
      sha256: createHash('sha256').update(file).digest('hex'),
      settings: organisation.settings,
      customFields: organisation.customFields,
    },
    acceptedAt,
  );
}
