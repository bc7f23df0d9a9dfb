import {
  administers,
  decideUser,
  type ReadUserRow,
  readUserRow,
  type UserAccount,
  type UserColumn,
} from '@mentorline/domain';
import { AppError, currentTrace } from '@mentorline/runtime';
import { type Import, mailLinks, type RowResult, type Store } from '@mentorline/store';
import { rowCellsOf } from './row-cells.ts';
import type { RowKind } from './row-kind.ts';
import { invalidResult } from './row-result.ts';

/** What all rows have to do with each other: who administers the organisation depends on any of them. */
const ONE_KEY = 'users';

/** Rows that are users; the e-mail address says whose. Who is new is invited by mail. */
export async function userRows(
  { store, mailDomain }: { store: Store; mailDomain: string },
  input: Import,
): Promise<RowKind> {
  const { organisationId, uploadedBy } = input;
  const organisation = await store.organisations.findOrganisation(organisationId);
  if (!organisation) throw new AppError('INTERNAL_ERROR', 'The organisation of this import no longer exists');
  const rowCells = rowCellsOf<UserColumn>(input.header.columns);
  const book = store.userBook(input.mode, input.id);
  const context = { organisationId, uploaderId: uploadedBy.userId };
  return {
    keysOf: async (rows) => rows.map(() => ONE_KEY),
    actionOf: () => '',
    async prepare(rows) {
      const readings = rows.map(({ cells }) => readUserRow(rowCells(cells)));
      const emails = [...new Set(readings.flatMap(({ email }) => email || []))];
      return {
        async apply(transaction) {
          const users = await book.readUsers(transaction, emails);
          const administrators = mayTakeRole(readings, users)
            ? await book.holdAdministrators(transaction, organisationId)
            : new Set<string>();
          const changed = new Map<string, UserAccount>();
          const results = rows.map(({ row, cells }, index): RowResult => {
            const uploaded = { row, action: '', cells };
            const reading = readings[index]!;
            const isLastAdministrator = administrators.size === 1 && administrators.has(reading.email);
            const decision = decideUser(reading, users.get(reading.email), {
              ...context,
              isLastAdministrator,
            });
            if (decision.outcome === 'invalid') return invalidResult(uploaded, decision.errors, []);
            const done = { ...uploaded, sessionId: null, note: '', errors: [] };
            if (decision.outcome === 'unchanged') return { ...done, status: 'Unchanged' };
            const { user } = decision;
            users.set(user.email, user);
            changed.set(user.email, user);
            if (administers(user)) administrators.add(user.email);
            else administrators.delete(user.email);
            return { ...done, status: decision.outcome === 'created' ? 'Created' : 'Updated' };
          });
          const made = await book.write(transaction, [...changed.values()]);
          const cause = input.cause && { ...input.cause, trace: currentTrace() ?? input.cause.trace };
          const letter = { purpose: 'invitation' as const, organisation, invitedBy: uploadedBy.name, cause };
          await mailLinks({ store, mailDomain }, transaction, { ...letter, at: new Date() }, made);
          return results;
        },
      };
    },
  };
}

/** Whether a row may take the role org_admin from anybody: of most files none does, and nobody is held back. */
function mayTakeRole(readings: readonly ReadUserRow[], users: ReadonlyMap<string, UserAccount>): boolean {
  return readings.some(({ email, draft: { roles = [] } }) => {
    const existing = users.get(email);
    return roles.includes('org_admin') || (existing !== undefined && administers(existing));
  });
}
