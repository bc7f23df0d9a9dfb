// What would end a header line, hide text, or turn the reading direction of what follows.
const UNWANTED = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/**
 * A text from outside (a cell, a file's or a person's name) as one line that is safe to stand among our own words:
 * no control characters, at most `limit` characters, and what runs from right to left kept from turning the rest.
 */
export function plainLine(text: string, limit: number): string {
  // No character takes more than two units, so what lies beyond is not looked at, however long the cell.
  const near = text.slice(0, (limit + 1) * 2);
  const line = near.replace(UNWANTED, ' ').replace(/\s+/gu, ' ').trim();
  const characters = [...line];
  const cut = characters.length > limit || near.length < text.length;
  const shown = cut ? `${characters.slice(0, limit - 1).join('')}…` : line;
  return RIGHT_TO_LEFT.test(shown) ? `\u2068${shown}\u2069` : shown;
}

const LONGEST_FILE_NAME = 80;

/** A file's name among our own words. */
export function shortFileName(fileName: string): string {
  return plainLine(fileName, LONGEST_FILE_NAME) || 'a file';
}
