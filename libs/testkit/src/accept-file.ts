import { createHash } from 'node:crypto';
import { UploadCheck } from '@mentorline/csv';
import type { Import } from '@mentorline/store';
import type { Fixtures } from './setup.ts';

/** Puts a file where the gateway would, for tests that are about what comes after it. */
export async function acceptFile(
  { store, organisation, users }: Fixtures,
  file: Buffer,
  acceptedAt = new Date(),
): Promise<Import> {
  const check = new UploadCheck(organisation.customFields);
  check.write(file);
  const { header, ...format } = check.end();
  const stored = await store.files.writeFile('sessions.csv', { purpose: 'import-source' }, [file]);
  const manager = users.get('manager@example.org')!;
  return store.imports.acceptImport(
    {
      ...format,
      header,
      warnings: [...header.warnings],
      organisationId: organisation.id,
      uploadedBy: { userId: manager.id, name: manager.name, email: manager.email },
      kind: 'sessions',
      mode: 'apply',
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
