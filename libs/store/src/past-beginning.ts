/** What comes after all texts that begin so, in the order of the database. */
export function pastBeginning(text: string): string {
  return `${text}\u{10ffff}`;
}
