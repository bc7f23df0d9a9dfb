/** How often what happened, by kind. */
export interface Tally {
  faults: Map<string, number>;
  writes: Map<string, number>;
  /** What an operator did. */
  acts: Map<string, number>;
  /** HTTP statuses, and `none` where no answer came. */
  answers: Map<string, number>;
}

export function newTally(): Tally {
  return { faults: new Map(), writes: new Map(), acts: new Map(), answers: new Map() };
}

export function countIn(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

export function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
