import type { RowKind } from './row-kind.ts';

/** The rest of an import that was cancelled: nothing is applied, and every row says so. */
export function unprocessedRows(kind: RowKind): RowKind {
  return {
    keysOf: (rows) => kind.keysOf(rows),
    actionOf: (cells) => kind.actionOf(cells),
    async prepare(rows) {
      const results = rows.map(({ row, cells }) => ({
        ...{ row, cells, action: kind.actionOf(cells) },
        ...{ status: 'Unprocessed' as const, sessionId: null, note: 'The import was cancelled', errors: [] },
      }));
      return { apply: async () => results };
    },
  };
}
