import { ROW_STATUSES, type RowStatus } from '@mentorline/domain';
import type { ImportKind, RowCounts } from '@mentorline/store';
import type { ReportFacts } from './gather-report.ts';

interface StatusRows {
  readonly status: RowStatus;
  readonly rows: number;
}

const CHANGES: ReadonlySet<RowStatus> = new Set(['Published', 'Created', 'Updated', 'Deleted']);

/** Whether there are any of these is what the reader wants to know, so that none is told as well. */
const AWAITED: Readonly<Record<ImportKind, RowStatus>> = {
  sessions: 'Invalid',
  users: 'Invalid',
  undo: 'Deleted',
};

/** Always in the same order. */
function byStatus(counts: RowCounts): StatusRows[] {
  return ROW_STATUSES.map((status) => ({
    status,
    rows: counts[status.toLowerCase() as Lowercase<RowStatus>],
  }));
}

/** The counts worth telling. */
export function countsToTell({
  kind,
  outcome,
  counts,
}: Pick<ReportFacts, 'kind' | 'outcome' | 'counts'>): StatusRows[] {
  return byStatus(counts).filter(
    ({ status, rows }) => rows > 0 || (outcome === 'completed' && status === AWAITED[kind]),
  );
}

/** Rows that changed something; of a check, that would have. */
export function changesOf(counts: RowCounts): StatusRows[] {
  return byStatus(counts).filter(({ status, rows }) => isChange(status) && rows > 0);
}

export function isChange(status: RowStatus): boolean {
  return CHANGES.has(status);
}

export function countChanges(counts: RowCounts): number {
  return changesOf(counts).reduce((sum, { rows }) => sum + rows, 0);
}

/** Rows that were looked at, whatever became of them. */
export function countReached(counts: RowCounts): number {
  return countChanges(counts) + counts.unchanged + counts.invalid;
}
