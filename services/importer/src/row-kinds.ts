import type { Import, Store } from '@mentorline/store';
import type { RowKind } from './rows/row-kind.ts';
import { sessionRows } from './rows/session-rows.ts';
import { undoRows } from './rows/undo-rows.ts';
import { unprocessedRows } from './rows/unprocessed-rows.ts';
import { userRows } from './rows/user-rows.ts';

/** What the rows of an import mean. */
export async function rowKindOf(store: Store, input: Import): Promise<RowKind> {
  const kind = await kindOf(store, input);
  return input.cancelRequestedAt ? unprocessedRows(kind) : kind;
}

function kindOf(store: Store, input: Import): Promise<RowKind> | RowKind {
  switch (input.kind) {
    case 'sessions':
      return sessionRows(store, input);
    case 'users':
      return userRows(store, input);
    case 'undo':
      return undoRows(store, input);
  }
}
