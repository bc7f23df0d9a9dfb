import { columnKey } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import { unguardCell } from './guard.ts';
import type { Sheet } from './sheet.ts';

/** The columns that a report adds; in an upload they are ignored. */
export const REPORT_COLUMNS = [
  { key: 'row', header: 'Row' },
  { key: 'status', header: 'Status' },
  { key: 'statusMessage', header: 'Status Message' },
] as const;

export type HeaderColumn =
  | { readonly kind: 'field'; readonly key: string }
  | { readonly kind: 'custom'; readonly name: string }
  | { readonly kind: 'report'; readonly key: (typeof REPORT_COLUMNS)[number]['key'] }
  | { readonly kind: 'unknown' };

export interface Header {
  /** As uploaded, in the uploaded order. */
  readonly names: readonly string[];
  /** What each column is; same order and length as `names`. */
  readonly columns: readonly HeaderColumn[];
  readonly warnings: readonly string[];
}

/** Bounds what is stored of a header; far above any real sheet. */
const MAX_COLUMNS = 1000;

const UNKNOWN: HeaderColumn = { kind: 'unknown' };

/** Answers which column a header cell names; custom fields are found by name or label. */
export function columnFinder({ columns, customFields }: Sheet): (cell: string) => HeaderColumn {
  const byKey = new Map<string, HeaderColumn>();
  // The first entry of a key stands: no custom field takes the place of a column of the product.
  const add = (name: string, column: HeaderColumn) => {
    const key = columnKey(name);
    if (key !== '' && !byKey.has(key)) byKey.set(key, column);
  };
  for (const { key, header } of columns) add(header, { kind: 'field', key });
  for (const { key, header } of REPORT_COLUMNS) add(header, { kind: 'report', key });
  for (const { name } of customFields) add(name, { kind: 'custom', name });
  for (const { name, label } of customFields) add(label, { kind: 'custom', name });
  return (cell) => byKey.get(columnKey(unguardCell(cell))) ?? UNKNOWN;
}

/**
 * What the cells of a header record mean. A column without a name is unknown without a warning: spreadsheets
 * leave such columns at the right.
 * Throws `COLUMN_DUPLICATE`, `COLUMN_MISSING` (naming all of them; required custom fields are mandatory too)
 * and `HEADER_INVALID` for more than 1,000 columns.
 */
export function readHeader(cells: readonly string[], sheet: Sheet): Header {
  if (cells.length > MAX_COLUMNS) {
    throw new AppError(
      'HEADER_INVALID',
      `The header has ${cells.length} columns, more than ${MAX_COLUMNS}; delete the empty ones at the right`,
    );
  }
  const names = cells.map(unguardCell);
  const columns = names.map(columnFinder(sheet));
  refuseDuplicates(names, columns);
  refuseMissing(columns, sheet);
  const warnings = names
    .filter((name, index) => columns[index] === UNKNOWN && name.trim() !== '')
    .map((name) => `Unknown column: ${name.trim()}`);
  return { names, columns, warnings };
}

function refuseDuplicates(names: readonly string[], columns: readonly HeaderColumn[]): void {
  const seen = new Map<string, string>();
  for (const [index, column] of columns.entries()) {
    const name = names[index]!.trim();
    if (name === '') continue;
    const identity = `${column.kind}:${identify(column, name)}`;
    const earlier = seen.get(identity);
    if (earlier !== undefined) {
      const spellings = earlier === name ? '' : ` (as "${earlier}" and as "${name}")`;
      throw new AppError('COLUMN_DUPLICATE', `The column ${name} stands in the header twice${spellings}`, {
        faults: [
          { column: name, code: 'COLUMN_DUPLICATE', message: 'This column stands in the header twice' },
        ],
      });
    }
    seen.set(identity, name);
  }
}

function identify(column: HeaderColumn, name: string): string {
  switch (column.kind) {
    case 'field':
    case 'report':
      return column.key;
    case 'custom':
      return column.name;
    case 'unknown':
      return name.normalize('NFC').toLowerCase();
  }
}

function refuseMissing(found: readonly HeaderColumn[], { columns, customFields }: Sheet): void {
  const missing = [
    ...columns
      .filter(
        ({ mandatory, key }) =>
          mandatory && !found.some((column) => column.kind === 'field' && column.key === key),
      )
      .map(({ header }) => header),
    ...customFields
      .filter(
        ({ required, name }) =>
          required && !found.some((column) => column.kind === 'custom' && column.name === name),
      )
      .map(({ label }) => label),
  ];
  if (missing.length === 0) return;
  throw new AppError(
    'COLUMN_MISSING',
    `Mandatory column${missing.length > 1 ? 's' : ''} missing: ${missing.join(', ')}`,
    {
      faults: missing.map((column) => ({
        column,
        code: 'COLUMN_MISSING',
        message: `Add the column ${column}`,
      })),
    },
  );
}
