import { trimmed } from './text.ts';

const MOST_REMEMBERED = 10_000;

/** The few options of an organisation stand in every row of its files. */
const remembered = new Map<string, string>();

/** What two spellings of one option have in common: Unicode form, case and white space do not count. */
export function optionKey(text: string): string {
  let key = remembered.get(text);
  if (key === undefined) {
    key = trimmed(text).normalize('NFC').toLowerCase().normalize('NFC').replace(/\s+/gu, ' ');
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(text, key);
  }
  return key;
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
