import type { RowCells } from '../src/read-row.ts';
import type { UserColumn } from '../src/user-columns.ts';

/** A row of a user import that is fine, but for what is given. */
export function userRow(
  changes: Partial<Record<UserColumn, string>> = {},
  surplus: readonly string[] = [],
): RowCells<UserColumn> {
  const cells = {
    name: 'Asha Rao',
    email: 'asha.rao@example.org',
    roles: 'Mentor',
    designation: 'Head teacher',
    ...changes,
  };
  return { get: (column) => cells[column], custom: new Map(), surplus, earlierStatus: '' };
}
