/** RFC 3339 in UTC with `Z`; milliseconds only where there are any. */
export function utcText(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
