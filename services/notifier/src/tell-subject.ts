import type { ReportFacts } from './gather-report.ts';
import { shortFileName } from './plain-line.ts';
import { countReached, countsToTell, isChange } from './row-counts.ts';
import { number } from './words.ts';

/** One line, safe in a header: `Import of sessions.csv: 3 published, 7 invalid`. */
export function outcomeSubject(facts: ReportFacts): string {
  const task = taskOf(facts);
  return `${facts.outcome === 'completed' ? task : `${task} ${facts.outcome}`}: ${rowsOf(facts)}`;
}

function taskOf({ kind, mode, fileName }: ReportFacts): string {
  const file = shortFileName(fileName);
  // An undo is named so already.
  if (kind === 'undo') return file;
  return `${mode === 'check' ? 'Check' : 'Import'} of ${kind === 'users' ? 'users from ' : ''}${file}`;
}

function rowsOf(facts: ReportFacts): string {
  const isCheck = facts.mode === 'check';
  if (countReached(facts.counts) === 0) {
    if (facts.kind === 'undo') return 'nothing taken back';
    return isCheck ? 'nothing checked' : 'nothing applied';
  }
  return countsToTell(facts)
    .filter(({ rows }) => rows > 0)
    .map(({ status, rows }) => {
      const became = `${isCheck && isChange(status) ? 'would be ' : ''}${status.toLowerCase()}`;
      return `${number(rows)} ${became}`;
    })
    .join(', ');
}
