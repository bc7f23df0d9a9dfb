import { AppError } from '@mentorline/runtime';
import { IMPORT_KINDS, type Import, type ImportKind, type Store, type User } from '@mentorline/store';

/** What a user may see of its organisation's imports: the rows of a user file are the directory. */
export function visibleKinds(user: User): readonly ImportKind[] {
  return IMPORT_KINDS.filter((kind) => kind !== 'users' || user.roles.includes('org_admin'));
}

/** @throws AppError NOT_FOUND, for an import of another organisation or out of sight too */
export async function findImport(store: Pick<Store, 'imports'>, id: string, user: User): Promise<Import> {
  const found = await store.imports.findImport(id, user.organisationId);
  if (!found || !visibleKinds(user).includes(found.kind)) {
    throw new AppError('NOT_FOUND', 'There is no such import');
  }
  return found;
}
