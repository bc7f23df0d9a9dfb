/** Records of a well-formed CSV (RFC 4180) with commas. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let cells: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gu)) {
    // The empty match at the very end.
    if (end === '' && cells.length === 0 && !quoted && !plain) break;
    cells.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === ',') continue;
    records.push(cells);
    cells = [];
  }
  return records;
}
