import type { ReportFacts } from './gather-report.ts';
import { plainLine } from './plain-line.ts';
import { counted, number } from './words.ts';

const LONGEST_FILE_NAME = 80;
const LONGEST_FAILURE = 400;
/** Failures that another file does not cure. */
const OUR_FAULT: ReadonlySet<string> = new Set(['FILE_DAMAGED', 'INTERNAL_ERROR', 'UNAVAILABLE']);

/** One line, safe in a header: `Import of sessions.csv: 3 published, 7 invalid`. */
export function outcomeSubject({ fileName, outcome, counts }: ReportFacts): string {
  const file = plainLine(fileName, LONGEST_FILE_NAME) || 'a file';
  const parts = Object.entries(counts).flatMap(([status, count]) =>
    count > 0 ? [`${number(count)} ${status}`] : [],
  );
  const rows = parts.join(', ') || 'nothing applied';
  if (outcome === 'completed') return `Import of ${file}: ${rows}`;
  return `Import of ${file} ${outcome}: ${applied(counts) > 0 ? rows : 'nothing applied'}`;
}

/** How it went and what to do now, in sentences. */
export function outcomeSummary(facts: ReportFacts): string[] {
  switch (facts.outcome) {
    case 'completed':
      return completed(facts);
    case 'cancelled':
      return [
        'The import was cancelled.',
        applied(facts.counts) > 0
          ? `${appliedBefore(facts.counts)} Rows marked Unprocessed were left out.`
          : 'Nothing of the file was applied.',
      ];
    case 'failed':
      return failed(facts);
  }
}

function completed({ counts, rowsTotal }: ReportFacts): string[] {
  const { invalid } = counts;
  if (invalid === 0) return ['No row was refused; there is nothing left to do.'];
  const of = rowsTotal === null ? '' : ` of ${number(rowsTotal)}`;
  return [
    `${number(invalid)}${of} rows ${invalid === 1 ? 'is' : 'are'} invalid; nothing of ${invalid === 1 ? 'it' : 'them'} was applied. ` +
      'Correct what is named below and upload the corrected rows again. Rows that went through need not be uploaded again.',
  ];
}

function failed({ failure, counts }: ReportFacts): string[] {
  const why = failure
    ? `${plainLine(failure.message, LONGEST_FAILURE)} (${failure.code})`
    : 'The reason was not recorded.';
  const so = applied(counts) > 0 ? appliedBefore(counts) : 'Nothing of the file was applied.';
  const todo =
    failure && !OUR_FAULT.has(failure.code)
      ? 'Correct the file and upload it again.'
      : 'The fault is on our side. Upload the file again; should it fail once more, give the import number below to your administrator.';
  return ['The file could not be imported.', why, `${so} ${todo}`];
}

function applied({ published, updated, deleted }: ReportFacts['counts']): number {
  return published + updated + deleted;
}

function appliedBefore(counts: ReportFacts['counts']): string {
  return `What was applied before that (${counted(applied(counts), 'row')}) stays.`;
}
