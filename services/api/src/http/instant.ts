import { Type } from 'typebox';

/** @returns UTC ms; undefined for what the looser `date-time` format lets through, such as a leap second */
export function readInstant(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** RFC 3339, and a time that `Date` can hold. */
export function Instant(description?: string) {
  return Type.Refine(
    Type.String({ format: 'date-time', ...(description ? { description } : {}) }),
    (text) => readInstant(text) !== undefined,
    () => 'must be a time that exists',
  );
}
