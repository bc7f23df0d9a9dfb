import type { Import, RowFault, Store } from '@mentorline/store';
import type { OracleResult } from './serial-oracle.ts';

/** Holds an import's results against the oracle's. @returns the first few rows that differ, both ways */
export async function differences(
  store: Store,
  { id, partitions }: Import,
  expected: readonly OracleResult[],
): Promise<unknown[]> {
  const found: unknown[] = [];
  let next = 1;
  for await (const { row, status, errors } of store.results.readResults(id, partitions)) {
    const want = expected[row - 1];
    if (row !== next) found.push(`after row ${next - 1} comes row ${row}`);
    next = row + 1;
    const codes = errors.map(({ code }) => code);
    const slotMessage = errors.find(({ code }: RowFault) => code === 'MENTOR_SLOT_TAKEN')?.message;
    const same =
      status === want?.status &&
      [...codes].sort().join() === [...want.codes].sort().join() &&
      slotMessage === want.slotMessage;
    if (!same && found.length < 3) found.push({ row, got: { status, codes, slotMessage }, want });
  }
  if (next !== expected.length + 1) found.push(`${next - 1} results for ${expected.length} rows`);
  return found;
}
