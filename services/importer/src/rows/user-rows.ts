import { decideUser, readUserRow, type UserAccount, type UserColumn } from '@mentorline/domain';
import type { Import, RowResult, Store } from '@mentorline/store';
import { rowCellsOf } from './row-cells.ts';
import type { RowKind } from './row-kind.ts';
import { invalidResult } from './row-result.ts';

/** Rows that are users; the e-mail address says whose. */
export function userRows(store: Store, input: Import): RowKind {
  const rowCells = rowCellsOf<UserColumn>(input.header.columns);
  const book = store.userBook(input.mode, input.id);
  const context = { organisationId: input.organisationId, uploaderId: input.uploadedBy.userId };
  return {
    async keysOf(rows) {
      return rows.map(({ cells }) => readUserRow(rowCells(cells)).email);
    },
    actionOf: () => '',
    async prepare(rows) {
      const readings = rows.map(({ cells }) => readUserRow(rowCells(cells)));
      const emails = [...new Set(readings.flatMap(({ email }) => email || []))];
      return {
        async apply(transaction) {
          const users = await book.readUsers(transaction, emails);
          const changed = new Map<string, UserAccount>();
          const results = rows.map(({ row, cells }, index): RowResult => {
            const uploaded = { row, action: '', cells };
            const decision = decideUser(readings[index]!, users.get(readings[index]!.email), context);
            if (decision.outcome === 'invalid') return invalidResult(uploaded, decision.errors, []);
            const done = { ...uploaded, sessionId: null, note: '', errors: [] };
            if (decision.outcome === 'unchanged') return { ...done, status: 'Unchanged' };
            users.set(decision.user.email, decision.user);
            changed.set(decision.user.email, decision.user);
            return { ...done, status: decision.outcome === 'created' ? 'Created' : 'Updated' };
          });
          await book.write(transaction, [...changed.values()]);
          return results;
        },
      };
    },
  };
}
