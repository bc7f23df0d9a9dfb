import type { Shard } from '@mentorline/store';
import type { PendingRow } from './rows/row-kind.ts';

/** Workers lost one after the other before they got anywhere: then a row is to blame, and is looked for. */
const STALLS_TO_WORRY = 3;
/** As often as this the process ends over one row alone: then the row is given up. */
const CRASHES_OF_ONE_ROW = 2;

export interface Caution {
  /** Whether chunks must be tried one at a time, each noted before. */
  readonly careful: boolean;
  /** Takes from a chunk what must be tried alone. */
  split(partition: number, rows: readonly PendingRow[]): (readonly PendingRow[])[];
  isGivenUp(partition: number, row: number): boolean;
  /** Tells that rows have got their results. */
  passed(rows: number): void;
}

/**
 * How carefully a shard is worked on. A row that ends the whole process cannot be caught; what can be known is what was
 * being tried when a process was lost. So after three losses without progress chunks are tried one at a time and noted
 * before; the chunk that was the last is tried row by row; the row that was the last twice is given up.
 * @param enough rows after which whoever lost the processes before must have been passed
 */
export function cautionFor({ stalls, suspect }: Shard, enough: number): Caution {
  let left = stalls >= STALLS_TO_WORRY ? enough : 0;
  const isSuspect = (partition: number, row: number): boolean =>
    suspect !== null && suspect.partition === partition && suspect.fromRow <= row && row <= suspect.toRow;
  return {
    get careful() {
      return left > 0;
    },
    split(partition, rows) {
      if (left <= 0) return [rows];
      const parts: PendingRow[][] = [];
      let open: PendingRow[] | undefined;
      for (const pending of rows) {
        if (isSuspect(partition, pending.row)) {
          parts.push([pending]);
          open = undefined;
        } else if (open) {
          open.push(pending);
        } else {
          open = [pending];
          parts.push(open);
        }
      }
      return parts;
    },
    isGivenUp: (partition, row) =>
      isSuspect(partition, row) &&
      suspect?.fromRow === suspect?.toRow &&
      (suspect?.crashes ?? 0) >= CRASHES_OF_ONE_ROW,
    passed(rows) {
      left -= rows;
    },
  };
}
