import { AppError } from '@mentorline/runtime';
import type { Import, Store, User } from '@mentorline/store';

/** @throws AppError NOT_FOUND, for an import of another organisation too */
export async function findImport(store: Pick<Store, 'imports'>, id: string, user: User): Promise<Import> {
  const found = await store.imports.findImport(id, user.organisationId);
  if (!found) throw new AppError('NOT_FOUND', 'There is no such import');
  return found;
}
