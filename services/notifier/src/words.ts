const grouped = new Intl.NumberFormat('en-GB');

/** `12,345` */
export function number(count: number): string {
  return grouped.format(count);
}

/** `1 row`, `12,345 rows` */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
