import type { ReportFacts } from './gather-report.ts';
import { plainLine, shortFileName } from './plain-line.ts';
import { countChanges } from './row-counts.ts';
import { counted } from './words.ts';

const LONGEST_FAILURE = 400;
/** Failures that another file does not cure. */
const OUR_FAULT: ReadonlySet<string> = new Set(['FILE_DAMAGED', 'INTERNAL_ERROR', 'UNAVAILABLE']);

/** An import that failed as a whole: why, what stands, and what to do now. */
export function tellFailed(facts: ReportFacts): string[] {
  const { failure } = facts;
  const why = failure
    ? `${plainLine(failure.message, LONGEST_FAILURE)} (${failure.code})`
    : 'The reason was not recorded.';
  return [headline(facts), why, `${whatStands(facts)} ${whatToDo(facts)}`];
}

/** It failed over its report alone. */
function isWorkedOff({ hasReport, counts }: ReportFacts): boolean {
  return hasReport && counts.unprocessed === 0;
}

function headline(facts: ReportFacts): string {
  const { kind, mode, undone } = facts;
  if (isWorkedOff(facts)) return 'All rows were worked off; only their report could not be stored.';
  if (kind === 'undo') {
    return `The import${undone ? ` of ${shortFileName(undone.fileName)}` : ''} could not be undone.`;
  }
  return `The file could not be ${mode === 'check' ? 'checked' : 'imported'}.`;
}

function whatStands(facts: ReportFacts): string {
  const { kind, mode, counts } = facts;
  if (mode === 'check') return 'This was only a check: nothing has been stored.';
  const changed = countChanges(counts);
  if (kind === 'undo') {
    return changed > 0
      ? `What was taken back before that (${counted(changed, 'session')}) stays deleted.`
      : 'No session was taken back.';
  }
  if (isWorkedOff(facts)) return `What was applied (${counted(changed, 'row')}) stays.`;
  return changed > 0
    ? `What was applied before that (${counted(changed, 'row')}) stays.`
    : 'Nothing of the file was applied.';
}

function whatToDo(facts: ReportFacts): string {
  const { kind, mode, failure, hasReport } = facts;
  if (isWorkedOff(facts)) {
    return 'The report below is made when you open it. Nothing has to be done again but what it says is invalid.';
  }
  const orElse = 'should it fail once more, give the import number below to your administrator.';
  if (kind === 'undo') return `Ask for the undo again; ${orElse}`;
  if (hasReport && kind === 'sessions' && mode === 'apply') {
    return `The fault is on our side. Download the report below and upload it as it is: rows that were published are left alone, the others are tried again; ${orElse}`;
  }
  return failure && !OUR_FAULT.has(failure.code)
    ? 'Correct the file and upload it again.'
    : `The fault is on our side. Upload the file again; ${orElse}`;
}
