import { SESSION_COLUMNS } from '@mentorline/domain';
import type { OracleRow } from './oracle/world.ts';

/** The oracle's short column names, in the order of the sample file's columns. */
const COLUMNS = [
  'Action',
  'id',
  'title',
  'description',
  'type',
  'Mentor',
  'Mentees',
  'Date',
  'Zone',
  'Time',
  'Duration',
  'recommended_for',
  'categories',
  'medium',
  'Platform',
  'Link',
  'Passcode',
];
/** What stands past the last column. */
const SURPLUS = 'surplus';

/**
 * Rows as the CSV that a manager would upload. Columns that no sample file has (custom fields, those of a report)
 * follow at the right, if any row has them.
 */
export function sessionFile(rows: readonly OracleRow[]): Buffer {
  const known = new Set([...COLUMNS, SURPLUS]);
  const more = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) => !known.has(column));
  const columns = [...COLUMNS, ...more];
  const lines = [
    [...SESSION_COLUMNS.map(({ header }) => header), ...more],
    ...rows.map((row) => [
      ...columns.map((column) => row[column] ?? ''),
      ...(row[SURPLUS] ? [row[SURPLUS]] : []),
    ]),
  ];
  const quoted = (cell: string): string =>
    /[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return Buffer.from(lines.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join(''));
}
