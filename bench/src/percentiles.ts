/** Times of one thing done again and again, in milliseconds. */
export interface Percentiles {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** By nearest rank: each figure is a time that was measured. */
export function percentilesOf(times: readonly number[]): Percentiles {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (percent: number): number =>
    sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
  return { count: sorted.length, p50: at(50), p99: at(99), max: at(100) };
}

export function median(figures: readonly number[]): number {
  return percentilesOf(figures).p50;
}
