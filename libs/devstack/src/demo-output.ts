import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { ParsedMail } from 'mailparser';
import type { ImportState, RowResult } from './gateway-client.ts';

const MIN_COLUMNS = 72;
const MAX_COLUMNS = 120;
/** For a pipe or a file, which have no width. */
const DEFAULT_COLUMNS = 100;
const BAR_CELLS = 24;
const MARGIN = '  | ';

/** The demo's voice: each step with the time it took, on a terminal with progress in place. */
export function demoOutput(stream: NodeJS.WriteStream, colours: boolean) {
  const startedAt = performance.now();
  let lastProgress = '';
  let currentStep = '';
  const say = (text = ''): void => void stream.write(`${text}\n`);
  const columns = (): number =>
    Math.min(Math.max(stream.columns ?? DEFAULT_COLUMNS, MIN_COLUMNS), MAX_COLUMNS);
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    colours ? styleText(style, text) : text;
  const seconds = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

  return {
    say,
    currentStep: (): string => currentStep,
    elapsed: (): string => seconds(startedAt),

    /** Says what is done and, when it is done, how long it took. */
    async step<Result>(text: string, work: () => Promise<Result>): Promise<Result> {
      const stepStartedAt = performance.now();
      currentStep = text;
      say(paint('bold', text));
      const result = await work();
      say(paint('dim', `  done in ${seconds(stepStartedAt)}`));
      return result;
    },

    /** One line, drawn over itself on a terminal; elsewhere a line for each change. */
    progress(state: ImportState): void {
      const done = Math.round(state.progress * BAR_CELLS);
      const bar = `[${'#'.repeat(done)}${'.'.repeat(BAR_CELLS - done)}]`;
      const mail = state.mail ? `mail ${state.mail.status}` : '';
      const percent = `${Math.round(state.progress * 100)} %`.padStart(5);
      const line = `  ${state.status.padEnd(9)} ${bar} ${percent}  ${state.rows.total ?? '?'} rows  ${mail}`;
      if (line === lastProgress) return;
      lastProgress = line;
      stream.write(stream.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    },

    endProgress(): void {
      if (stream.isTTY) say();
    },

    rowTable(rows: readonly RowResult[]): void {
      const width = columns();
      const [row, status, borders] = [5, 11, 5];
      const title = Math.floor((width - row - status - borders) * 0.38);
      const table = new Table({
        head: ['Row', 'Title', 'Status', 'Message'],
        colWidths: [row, title, status, width - row - status - borders - title],
        wordWrap: true,
        style: { head: [], border: [] },
      });
      for (const result of rows) {
        const good = result.status !== 'Invalid' && result.status !== 'Unprocessed';
        table.push([
          { content: String(result.row), hAlign: 'right' },
          result.cells.title ?? '',
          paint(good ? 'green' : 'red', result.status),
          result.errors.map(({ message }) => message).join('; '),
        ]);
      }
      say(table.toString());
    },

    mail(mail: ParsedMail): void {
      const to = [mail.to ?? []].flat().map(({ text }) => text);
      say(`  ${paint('bold', 'Subject:')} ${mail.subject ?? ''}`);
      say(`  ${paint('bold', 'To:')}      ${to.join(', ')}`);
      for (const { filename, size } of mail.attachments) {
        say(`  ${paint('bold', 'Attached:')} ${filename} (${size} bytes)`);
      }
      say();
      const width = columns() - MARGIN.length;
      const lines = (mail.text ?? '').trimEnd().split('\n');
      say(
        lines
          .flatMap((line) => wrap(line, width))
          .map((line) => `${MARGIN}${line}`.trimEnd())
          .join('\n'),
      );
    },
  };
}

/** Breaks a line at spaces; what follows keeps its indentation. A word that is too long stays whole, as a link must. */
function wrap(line: string, width: number): string[] {
  const [indent = ''] = /^ *(\d+ {2})?/.exec(line) ?? [];
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    if (space <= indent.length) break;
    lines.push(rest.slice(0, space));
    rest = `${' '.repeat(indent.length)}${rest.slice(space + 1)}`;
  }
  return [...lines, rest];
}
