/** RFC 3339 in UTC with `Z`; milliseconds only where there are any. */
export function utcText(date: Date): string {
  const text = date.toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -'.000Z'.length)}Z` : text;
}
