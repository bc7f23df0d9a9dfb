import type { ReportFacts } from './gather-report.ts';
import { countChanges, countReached } from './row-counts.ts';
import { counted, countedWas } from './words.ts';

/** An import that somebody stopped: before any row was looked at, or on the way. */
export function tellCancelled(facts: ReportFacts): string[] {
  if (facts.kind === 'undo') return undo(facts);
  return facts.mode === 'check' ? check(facts) : apply(facts);
}

function apply({ counts }: ReportFacts): string[] {
  if (countReached(counts) === 0) {
    return [
      'The import was cancelled before it had begun. Nothing of the file was applied.',
      leftOut(counts),
      'To apply it after all, upload the file again.',
    ];
  }
  const changed = countChanges(counts);
  const first = counts.invalid > 0 ? ' Correct the invalid rows in it first.' : '';
  return [
    'The import was cancelled on its way.',
    changed > 0
      ? `What was applied before that (${counted(changed, 'row')}) stays. ${leftOut(counts)}`
      : `Nothing of the file was applied. ${leftOut(counts)}`,
    `To apply the rest after all, upload the report again: rows that went through stay as they are.${first}`,
  ];
}

function check({ counts }: ReportFacts): string[] {
  const reached = countReached(counts);
  return [
    `The check was cancelled ${reached === 0 ? 'before it had begun' : 'on its way'}. Nothing has been stored.`,
    reached === 0 ? leftOut(counts) : `${countedWas(reached, 'row')} checked. ${leftOut(counts)}`,
    'To check them all, upload the file again with mode=check.',
  ];
}

function undo({ counts }: ReportFacts): string[] {
  const isBefore = countReached(counts) === 0;
  const taken =
    counts.deleted > 0
      ? `What was taken back before that (${counted(counts.deleted, 'session')}) stays deleted.`
      : 'No session was taken back.';
  return [
    `The undo was cancelled ${isBefore ? 'before it had begun' : 'on its way'}.`,
    `${taken} ${leftOut(counts)}`,
    `To undo ${isBefore ? 'the import' : 'the rest'} after all, ask for the undo again.`,
  ];
}

function leftOut({ unprocessed }: ReportFacts['counts']): string {
  return `${countedWas(unprocessed, 'row')} left out (Unprocessed).`;
}
