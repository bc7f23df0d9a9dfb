/** Below a bound, from 0. */
export type Random = (below: number) => number;

/** Small, seeded and good enough (mulberry32): the same seed gives the same numbers. */
export function randomNumbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below) | 0;
  };
}

export function oneOf<Value>(random: Random, values: readonly Value[]): Value {
  return values[random(values.length)]!;
}
