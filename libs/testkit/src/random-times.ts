import type { OracleRow } from './oracle/world.ts';
import { oneOf, type Random } from './random-numbers.ts';

/** Cells of a time in June 2031. */
export function randomTimes(random: Random, days: number): OracleRow {
  const two = (n: number): string => String(n).padStart(2, '0');
  return {
    Date: `${two(1 + random(days))}-06-2031`,
    Zone: oneOf(random, ['IST', 'IST', 'IST', 'UTC', 'UTC', 'Europe/Paris']),
    Time: `${two(3 + random(14))}:${two(random(4) * 15)} Hrs`,
    Duration: String(oneOf(random, [30, 45, 60, 90])),
  };
}
