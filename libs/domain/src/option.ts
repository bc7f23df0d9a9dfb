import { trimmed } from './text.ts';

/** What two spellings of one option have in common: Unicode form, case and white space do not count. */
export function optionKey(text: string): string {
  return trimmed(text).normalize('NFC').toLowerCase().normalize('NFC').replace(/\s+/gu, ' ');
}

/** The stable value of a label; two spellings with one key give one value. */
export function optionValue(label: string): string {
  return optionKey(label).replaceAll(' ', '_');
}

/** The values of a cell that holds several, separated by comma or semicolon; blanks are dropped. */
export function splitValues(cell: string): string[] {
  if (cell === '') return [];
  return cell
    .split(/[,;]/u)
    .map(trimmed)
    .filter((value) => value !== '');
}
