import type { ReportFacts } from './gather-report.ts';
import { shortFileName } from './plain-line.ts';
import { changesOf, countChanges } from './row-counts.ts';
import { tellCancelled } from './tell-cancelled.ts';
import { tellFailed } from './tell-failed.ts';
import { counted, countedWas, joined, number } from './words.ts';

/** How it went and what to do now, in sentences. */
export function outcomeSummary(facts: ReportFacts): string[] {
  if (facts.outcome === 'failed') return tellFailed(facts);
  if (facts.outcome === 'cancelled') return tellCancelled(facts);
  if (facts.kind === 'undo') return undone(facts);
  return facts.mode === 'check' ? checked(facts) : applied(facts);
}

function applied(facts: ReportFacts): string[] {
  const { invalid } = facts.counts;
  const done = changes(facts);
  if (invalid === 0) return [...done, 'No row was refused; there is nothing left to do.'];
  return [
    ...done,
    `${rowsInvalid(facts)}; nothing of ${invalid === 1 ? 'it' : 'them'} was applied. ` +
      'Correct what is named below and upload the corrected rows again. Rows that went through need not be uploaded again.',
  ];
}

function checked(facts: ReportFacts): string[] {
  const { kind, counts } = facts;
  const would = changes(facts);
  const isUseful = would.length > 0;
  return [
    'This was only a check: nothing has been stored.',
    ...(isUseful ? would : [`No ${NOUNS[kind]} would change.`]),
    counts.invalid === 0 ? nextWhenAllValid(isUseful) : nextWhenSomeInvalid(facts, isUseful),
  ];
}

function nextWhenAllValid(isUseful: boolean): string {
  return isUseful
    ? 'No row would be refused. To apply the file, upload the same file again without mode=check.'
    : 'No row would be refused; there is nothing left to do.';
}

function nextWhenSomeInvalid(facts: ReportFacts, isUseful: boolean): string {
  const first = `${rowsInvalid(facts)}. Correct what is named below first and check the file again`;
  return isUseful
    ? `${first}; or upload the same file again without mode=check, which applies all other rows.`
    : `${first}.`;
}

function undone({ counts, undone, rowsTotal }: ReportFacts): string[] {
  const { deleted, unchanged, invalid } = counts;
  const which = undone ? `The import of ${shortFileName(undone.fileName)}` : 'The import';
  if (rowsTotal === 0) return [`${which} had changed nothing, so there was nothing to take back.`];
  return [
    deleted > 0
      ? `${which} was undone: ${countedWas(deleted, 'session')} taken back (Deleted).`
      : `${which} was not undone: no session was taken back.`,
    ...(unchanged > 0
      ? [
          `${countedWas(unchanged, 'row')} left alone (Unchanged). The reasons stand below; the report says why for each.`,
        ]
      : []),
    ...(invalid > 0 ? [`${countedWas(invalid, 'row')} refused (Invalid). Ask for the undo again.`] : []),
  ];
}

const NOUNS = { sessions: 'session', users: 'user', undo: 'session' } as const;

/** `3 sessions were published and 1 updated.`; nothing where nothing changed. */
function changes({ kind, mode, counts }: ReportFacts): string[] {
  if (countChanges(counts) === 0) return [];
  const parts = changesOf(counts).map(({ status, rows }, index) => {
    const became = status.toLowerCase();
    if (index > 0) return `${number(rows)} ${became}`;
    const noun = NOUNS[kind];
    return `${mode === 'check' ? `${counted(rows, noun)} would be` : countedWas(rows, noun)} ${became}`;
  });
  return [`${joined(parts)}.`];
}

/** `2 of 10 rows are invalid` */
function rowsInvalid({ counts: { invalid }, rowsTotal }: ReportFacts): string {
  const of = rowsTotal === null ? '' : ` of ${number(rowsTotal)}`;
  return `${number(invalid)}${of} rows ${invalid === 1 ? 'is' : 'are'} invalid`;
}
