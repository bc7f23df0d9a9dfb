const grouped = new Intl.NumberFormat('en-GB');
const list = new Intl.ListFormat('en-GB');

/** `12,345` */
export function number(count: number): string {
  return grouped.format(count);
}

/** `1 row`, `12,345 rows` */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Of so many, in the past: `1 row was`, `2 rows were`. */
export function countedWas(count: number, noun: string): string {
  return `${counted(count, noun)} ${count === 1 ? 'was' : 'were'}`;
}

/** `a, b and c` */
export function joined(parts: readonly string[]): string {
  return list.format(parts);
}
