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

function headline({ kind, mode, undone }: ReportFacts): string {
  if (kind === 'undo') {
    return `The import${undone ? ` of ${shortFileName(undone.fileName)}` : ''} could not be undone.`;
  }
  return `The file could not be ${mode === 'check' ? 'checked' : 'imported'}.`;
}

function whatStands({ kind, mode, counts }: ReportFacts): string {
  if (mode === 'check') return 'This was only a check: nothing has been stored.';
  const changed = countChanges(counts);
  if (kind === 'undo') {
    return changed > 0
      ? `What was taken back before that (${counted(changed, 'session')}) stays deleted.`
      : 'No session was taken back.';
  }
  return changed > 0
    ? `What was applied before that (${counted(changed, 'row')}) stays.`
    : 'Nothing of the file was applied.';
}

function whatToDo({ kind, failure }: ReportFacts): string {
  const orElse = 'should it fail once more, give the import number below to your administrator.';
  if (kind === 'undo') return `Ask for the undo again; ${orElse}`;
  return failure && !OUR_FAULT.has(failure.code)
    ? 'Correct the file and upload it again.'
    : `The fault is on our side. Upload the file again; ${orElse}`;
}
