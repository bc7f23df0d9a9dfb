import { AppError } from '@mentorline/runtime';
import { CsvError, parse } from 'csv-parse/sync';
import { DELIMITERS, type Delimiter, PARSE_OPTIONS } from './csv-format.ts';

/**
 * The delimiter under which the header shows most known columns, and the header split by it.
 * Throws `HEADER_INVALID` where the quotes of the header are broken under every delimiter.
 */
export function findDelimiter(
  header: string,
  isKnown: (cell: string) => boolean,
): { delimiter: Delimiter; cells: string[] } {
  let best: { delimiter: Delimiter; cells: string[]; known: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const cells = split(header, delimiter);
    if (cells === null) continue;
    const known = cells.filter(isKnown).length;
    if (best === undefined || known > best.known) best = { delimiter, cells, known };
  }
  if (best) return best;
  throw new AppError(
    'HEADER_INVALID',
    'A quotation mark in the header is not closed or stands in the wrong place',
  );
}

function split(header: string, delimiter: Delimiter): string[] | null {
  try {
    const [cells = []] = parse(header, { ...PARSE_OPTIONS, delimiter });
    return cells;
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}
