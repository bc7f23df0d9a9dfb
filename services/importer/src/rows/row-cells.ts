import type { HeaderColumn } from '@mentorline/csv';
import type { RowCells } from '@mentorline/domain';

const NOTHING: ReadonlyMap<string, string> = new Map();
const NO_CELLS: readonly string[] = [];

/** How a file's header lays out its records, worked out once a file instead of once a row. */
export function rowCellsOf<Column extends string>(
  columns: readonly HeaderColumn[],
): (cells: readonly string[]) => RowCells<Column> {
  const places = new Map<string, number>();
  let status = -1;
  const custom: [name: string, index: number][] = [];
  columns.forEach((column, index) => {
    if (column.kind === 'field') places.set(column.key, index);
    if (column.kind === 'report' && column.key === 'status') status = index;
    if (column.kind === 'custom') custom.push([column.name, index]);
  });
  return (cells) => ({
    get(column) {
      const index = places.get(column);
      // A record with fewer cells than the header has blank cells for the rest.
      return index === undefined ? '' : (cells[index] ?? '');
    },
    custom:
      custom.length === 0 ? NOTHING : new Map(custom.map(([name, index]) => [name, cells[index] ?? ''])),
    earlierStatus: cells[status] ?? '',
    surplus: cells.length > columns.length ? cells.slice(columns.length) : NO_CELLS,
  });
}
