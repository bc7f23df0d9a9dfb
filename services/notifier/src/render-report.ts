import { formatDate, formatTime, zoneLabel } from '@mentorline/domain';
import type { Letterhead } from '@mentorline/store';
import { describeProblem } from './describe-problem.ts';
import type { ReportFacts } from './gather-report.ts';
import type { Letter, LetterPart } from './letter.ts';
import { greeting, LONGEST_NAME, paragraph } from './letter-parts.ts';
import { plainLine } from './plain-line.ts';
import { countsToTell } from './row-counts.ts';
import { outcomeSummary } from './tell-outcome.ts';
import { outcomeSubject } from './tell-subject.ts';
import { counted, number } from './words.ts';
import { writeHtml } from './write-html.ts';
import { writeText } from './write-text.ts';

const LONGEST_TITLE = 120;
const LONGEST_MESSAGE = 400;
const PROBLEMS_SHOWN = 5;
const WARNINGS_SHOWN = 10;

export interface ReportSetting {
  readonly letterhead: Letterhead;
  readonly recipientName: string;
  /** Under which an import is found by its id, and its files under that; whatever is there asks for login. */
  readonly importsUrl: string;
  /** Name of the attached file; `null` when the report is only linked to. */
  readonly attachmentName: string | null;
}

/** The mail that tells how an import went. Equal facts give equal texts, whenever and wherever they are written. */
export function renderReport(
  facts: ReportFacts,
  setting: ReportSetting,
): { subject: string; text: string; html: string } {
  const subject = outcomeSubject(facts);
  const letter: Letter = {
    letterhead: setting.letterhead,
    heading: subject,
    tone: facts.outcome === 'failed' ? 'bad' : isClean(facts) ? 'good' : 'mixed',
    parts: [
      ...greeting(setting.recipientName),
      ...outcomeSummary(facts).map(paragraph),
      about(facts),
      ...rowsByStatus(facts),
      ...leftAlone(facts),
      ...problems(facts),
      ...invalidRows(facts),
      ...warnings(facts),
      ...files(facts, setting),
    ],
    footer: `You receive this because you ${facts.kind === 'undo' ? 'asked for the undo' : 'uploaded the file'}. Import ${facts.importId}.`,
  };
  return { subject, text: writeText(letter), html: writeHtml(letter) };
}

function isClean({ outcome, counts, warnings, leftAlone }: ReportFacts): boolean {
  return outcome === 'completed' && counts.invalid === 0 && warnings.length === 0 && leftAlone.length === 0;
}

function about(facts: ReportFacts): LetterPart {
  const { kind, undone, rowsTotal } = facts;
  const time = (at: Date): string =>
    `${formatDate(at.getTime(), facts.timeZone)} ${formatTime(at.getTime(), facts.timeZone)} ${zoneLabel(facts.timeZone)}`;
  const subject =
    kind === 'undo'
      ? undone && {
          name: 'Undone import',
          value: `${plainLine(undone.fileName, LONGEST_NAME)}, ${undone.importId}`,
        }
      : { name: 'File', value: plainLine(facts.fileName, LONGEST_NAME) };
  return {
    kind: 'facts',
    title: TITLES[kind === 'undo' ? 'undo' : facts.mode],
    facts: [
      ...(subject ? [subject] : []),
      { name: kind === 'undo' ? 'Asked for' : 'Uploaded', value: time(facts.uploadedAt) },
      { name: 'Finished', value: time(facts.finishedAt) },
      ...(rowsTotal === null ? [] : [{ name: 'Rows', value: number(rowsTotal) }]),
    ],
  };
}

const TITLES = { apply: 'The import', check: 'The check', undo: 'The undo' } as const;

function rowsByStatus(facts: ReportFacts): LetterPart[] {
  const rows = countsToTell(facts).map(({ status, rows }) => [number(rows), status]);
  const title = facts.mode === 'check' ? 'What would become of the rows' : 'Rows by status';
  return table(title, [numbers('Rows'), words('Status')], rows);
}

function leftAlone({ leftAlone }: ReportFacts): LetterPart[] {
  const rows = leftAlone.map(({ reason, rows }) => [number(rows), plainLine(reason, LONGEST_MESSAGE)]);
  return table('Why rows were left alone', [numbers('Rows'), words('Reason')], rows);
}

function problems({ problems }: ReportFacts): LetterPart[] {
  const rows = problems.slice(0, PROBLEMS_SHOWN).map(({ code, column, rows }) => {
    const where = column ? ` (${plainLine(column, LONGEST_TITLE)})` : '';
    const { name, remedy } = describeProblem(code);
    return [number(rows), plainLine(name, LONGEST_TITLE) + where, remedy];
  });
  const title = problems.length > PROBLEMS_SHOWN ? `The ${PROBLEMS_SHOWN} commonest errors` : 'Errors';
  return table(title, [numbers('Rows'), words('Error'), words('What to do')], rows);
}

function invalidRows({ kind, invalidRows, counts }: ReportFacts): LetterPart[] {
  const name = kind === 'users' ? 'E-mail address' : 'Title';
  const rows = invalidRows.map((row) => [
    String(row.row),
    plainLine(row.name, LONGEST_TITLE) || `(no ${name.toLowerCase()})`,
    plainLine(row.message, LONGEST_MESSAGE),
  ]);
  const title =
    counts.invalid > rows.length
      ? `The first ${rows.length} of ${counted(counts.invalid, 'invalid row')}`
      : 'Invalid rows';
  return table(title, [numbers('Row'), words(name), words('What is wrong')], rows);
}

function warnings({ warnings }: ReportFacts): LetterPart[] {
  if (warnings.length === 0) return [];
  const items = warnings.slice(0, WARNINGS_SHOWN).map((warning) => plainLine(warning, LONGEST_MESSAGE));
  const more = warnings.length - items.length;
  return [
    { kind: 'list', title: 'Warnings', items: more > 0 ? [...items, `and ${number(more)} more`] : items },
  ];
}

function files(facts: ReportFacts, { attachmentName, importsUrl }: ReportSetting): LetterPart[] {
  const { kind, counts, hasReport, importId, undone } = facts;
  const link = (label: string, id: string, file = ''): LetterPart => ({
    kind: 'link',
    label: `${label} (asks you to sign in)`,
    url: `${importsUrl}/${id}${file && `/${file}`}`,
  });
  const tooLarge =
    facts.outcome === 'failed'
      ? 'The report says of each row what became of it.'
      : 'The report of all rows is too large for a mail; download it instead.';
  const attached = attachmentName ? `The report of all rows is attached as ${attachmentName}.` : tooLarge;
  const corrections = 'Only the invalid rows, to be corrected and uploaded again';
  return [
    ...(hasReport ? [paragraph(attached), link('The report', importId, 'report.csv')] : []),
    ...(counts.invalid > 0 ? [link(corrections, importId, 'corrections.csv')] : []),
    ...(kind === 'undo' ? [] : [link('The file as it was uploaded', importId, 'source.csv')]),
    ...(undone?.hasReport
      ? [link('The report of the import that was undone', undone.importId, 'report.csv')]
      : []),
    link(kind === 'undo' ? 'The undo itself' : 'The import itself', importId),
  ];
}

type Column = (LetterPart & { kind: 'table' })['columns'][number];

const numbers = (name: string): Column => ({ name, type: 'number' });
const words = (name: string): Column => ({ name, type: 'text' });

function table(title: string, columns: Column[], rows: string[][]): LetterPart[] {
  return rows.length === 0 ? [] : [{ kind: 'table', title, columns, rows }];
}
