import type { Import, Store } from '@mentorline/store';
import type { RowKind } from './rows/row-kind.ts';
import { sessionRows } from './rows/session-rows.ts';
import { undoRows } from './rows/undo-rows.ts';
import { unprocessedRows } from './rows/unprocessed-rows.ts';
import { userRows } from './rows/user-rows.ts';

interface RowKindDeps {
  store: Store;
  mailDomain: string;
}

/** What the rows of an import mean. */
export async function rowKindOf(deps: RowKindDeps, input: Import): Promise<RowKind> {
  const kind = await kindOf(deps, input);
  return input.cancelRequestedAt ? unprocessedRows(kind) : kind;
}

function kindOf({ store, mailDomain }: RowKindDeps, input: Import): Promise<RowKind> | RowKind {
  switch (input.kind) {
    case 'sessions':
      return sessionRows(store, input);
    case 'users':
      return userRows({ store, mailDomain }, input);
    case 'undo':
      return undoRows(store, input);
  }
}
