import { formatDate, formatTime, zoneLabel } from '@mentorline/domain';
import type { ReportFacts } from './gather-report.ts';
import type { Letter, LetterPart } from './letter.ts';
import { plainLine } from './plain-line.ts';
import { problemName } from './problem-names.ts';
import { outcomeSubject, outcomeSummary } from './tell-outcome.ts';
import { counted, number } from './words.ts';
import { writeHtml } from './write-html.ts';
import { writeText } from './write-text.ts';

const LONGEST_NAME = 100;
const LONGEST_TITLE = 120;
const LONGEST_MESSAGE = 400;
const PROBLEMS_SHOWN = 5;
const WARNINGS_SHOWN = 10;

export interface ReportSetting {
  readonly recipientName: string;
  /** The gateway's address, for links; its paths ask for login. */
  readonly publicUrl: string;
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
    heading: subject,
    tone: facts.outcome === 'failed' ? 'bad' : isClean(facts) ? 'good' : 'mixed',
    parts: [
      ...greeting(setting.recipientName),
      ...outcomeSummary(facts).map((text): LetterPart => ({ kind: 'paragraph', text })),
      about(facts),
      ...rowsByStatus(facts),
      ...problems(facts),
      ...invalidRows(facts),
      ...warnings(facts),
      ...report(facts, setting),
    ],
    footer: `You receive this because you uploaded the file. Import ${facts.importId}.`,
  };
  return { subject, text: writeText(letter), html: writeHtml(letter) };
}

function isClean({ outcome, counts, warnings }: ReportFacts): boolean {
  return outcome === 'completed' && counts.invalid === 0 && warnings.length === 0;
}

function greeting(recipientName: string): LetterPart[] {
  const name = plainLine(recipientName, LONGEST_NAME);
  return name ? [{ kind: 'paragraph', text: `Hello ${name},` }] : [];
}

function about(facts: ReportFacts): LetterPart {
  const time = (at: Date): string =>
    `${formatDate(at.getTime(), facts.timeZone)} ${formatTime(at.getTime(), facts.timeZone)} ${zoneLabel(facts.timeZone)}`;
  return {
    kind: 'facts',
    title: 'The import',
    facts: [
      { name: 'File', value: plainLine(facts.fileName, LONGEST_NAME) },
      { name: 'Uploaded', value: time(facts.uploadedAt) },
      { name: 'Finished', value: time(facts.finishedAt) },
      ...(facts.rowsTotal === null ? [] : [{ name: 'Rows', value: number(facts.rowsTotal) }]),
    ],
  };
}

function rowsByStatus({ counts }: ReportFacts): LetterPart[] {
  const { published, updated, deleted, unchanged, invalid, unprocessed } = counts;
  const byStatus: [status: string, rows: number][] = [
    ['Published', published],
    ['Updated', updated],
    ['Deleted', deleted],
    ['Unchanged', unchanged],
    ['Invalid', invalid],
    ['Unprocessed', unprocessed],
  ];
  const rows = byStatus.filter(([, count]) => count > 0).map(([status, count]) => [number(count), status]);
  return table('Rows by status', [numbers('Rows'), words('Status')], rows);
}

function problems({ problems }: ReportFacts): LetterPart[] {
  const rows = problems.slice(0, PROBLEMS_SHOWN).map(({ code, column, rows }) => {
    const where = column ? ` (${plainLine(column, LONGEST_TITLE)})` : '';
    return [number(rows), plainLine(problemName(code), LONGEST_TITLE) + where];
  });
  const title = problems.length > PROBLEMS_SHOWN ? `The ${PROBLEMS_SHOWN} commonest errors` : 'Errors';
  return table(title, [numbers('Rows'), words('Error')], rows);
}

function invalidRows({ invalidRows, counts }: ReportFacts): LetterPart[] {
  const rows = invalidRows.map(({ row, title, message }) => [
    String(row),
    plainLine(title, LONGEST_TITLE) || '(no title)',
    plainLine(message, LONGEST_MESSAGE),
  ]);
  const title =
    counts.invalid > rows.length
      ? `The first ${rows.length} of ${counted(counts.invalid, 'invalid row')}`
      : 'Invalid rows';
  return table(title, [numbers('Row'), words('Title'), words('What is wrong')], rows);
}

function warnings({ warnings }: ReportFacts): LetterPart[] {
  if (warnings.length === 0) return [];
  const items = warnings.slice(0, WARNINGS_SHOWN).map((warning) => plainLine(warning, LONGEST_MESSAGE));
  const more = warnings.length - items.length;
  return [
    { kind: 'list', title: 'Warnings', items: more > 0 ? [...items, `and ${number(more)} more`] : items },
  ];
}

function report({ hasReport, counts, importId }: ReportFacts, setting: ReportSetting): LetterPart[] {
  if (!hasReport) return [];
  const { attachmentName, publicUrl } = setting;
  const link = (file: string): string => `${publicUrl.replace(/\/+$/u, '')}/v1/imports/${importId}/${file}`;
  const attached = attachmentName
    ? `The report of all rows is attached as ${attachmentName}.`
    : 'The report of all rows is too large for a mail; download it instead.';
  return [
    { kind: 'paragraph', text: attached },
    { kind: 'link', label: 'The report (asks you to sign in)', url: link('report.csv') },
    ...(counts.invalid > 0
      ? ([
          {
            kind: 'link',
            label: 'Only the invalid rows, to be corrected and uploaded again (asks you to sign in)',
            url: link('corrections.csv'),
          },
        ] as const)
      : []),
  ];
}

type Column = (LetterPart & { kind: 'table' })['columns'][number];

const numbers = (name: string): Column => ({ name, type: 'number' });
const words = (name: string): Column => ({ name, type: 'text' });

function table(title: string, columns: Column[], rows: string[][]): LetterPart[] {
  return rows.length === 0 ? [] : [{ kind: 'table', title, columns, rows }];
}
