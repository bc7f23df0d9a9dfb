import type { ReportFacts } from './gather-report.ts';
import { countChanges, countReached } from './row-counts.ts';
import { counted, countedWas } from './words.ts';

/** An import that somebody stopped: before any row was looked at, or on the way. */
export function tellCancelled(facts: ReportFacts): string[] {
  const isBefore = countReached(facts.counts) + facts.counts.unprocessed === 0;
  if (facts.kind === 'undo') return isBefore ? undoBefore() : undoOnTheWay(facts);
  if (facts.mode === 'check') return isBefore ? checkBefore() : checkOnTheWay(facts);
  return isBefore ? importBefore() : importOnTheWay(facts);
}

function importBefore(): string[] {
  return [
    'The import was cancelled before any row was applied, so there is no report. Nothing of the file was applied.',
    'To apply it after all, upload the file again.',
  ];
}

function importOnTheWay({ counts }: ReportFacts): string[] {
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

function checkBefore(): string[] {
  return [
    'The check was cancelled before any row was checked, so there is no report. Nothing has been stored.',
    'To check the file after all, upload it again with mode=check.',
  ];
}

function checkOnTheWay({ counts }: ReportFacts): string[] {
  return [
    'The check was cancelled on its way. Nothing has been stored.',
    `${countedWas(countReached(counts), 'row')} checked. ${leftOut(counts)}`,
    'To check them all, upload the file again with mode=check.',
  ];
}

function undoBefore(): string[] {
  return [
    'The undo was cancelled before any session was taken back, so there is no report. All sessions stay as they are.',
    'To undo the import after all, ask for the undo again.',
  ];
}

function undoOnTheWay({ counts }: ReportFacts): string[] {
  const taken =
    counts.deleted > 0
      ? `What was taken back before that (${counted(counts.deleted, 'session')}) stays deleted.`
      : 'No session was taken back.';
  return [
    'The undo was cancelled on its way.',
    `${taken} ${leftOut(counts)}`,
    'To undo the rest after all, ask for the undo again.',
  ];
}

function leftOut({ unprocessed }: ReportFacts['counts']): string {
  return `${countedWas(unprocessed, 'row')} left out (Unprocessed).`;
}
