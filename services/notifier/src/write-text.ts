import type { Letter, LetterPart } from './letter.ts';
import { organisationLine } from './letterhead.ts';

/** The letter as plain text. */
export function writeText({ letterhead, heading, parts, footer }: Letter): string {
  const from = organisationLine(letterhead);
  return `${[...(from ? [from] : []), heading, ...parts.map(writePart), `-- \n${footer}`].join('\n\n')}\n`;
}

function writePart(part: LetterPart): string {
  switch (part.kind) {
    case 'paragraph':
      return part.text;
    case 'list':
      return [titled(part.title), ...part.items.map((item) => `- ${item}`)].join('\n');
    case 'facts':
      return [titled(part.title), ...part.facts.map(({ name, value }) => `${name}: ${value}`)].join('\n');
    case 'table':
      return [titled(part.title), ...tableLines(part)].join('\n');
    case 'link':
      return `${part.label}:\n${part.url}`;
    case 'action':
      return `${part.label}\n${part.url}`;
  }
}

function titled(title: string): string {
  return `${title}\n${'-'.repeat([...title].length)}`;
}

/** Two columns a line, the first aligned; the others each on a line of their own, as they may be long. */
function tableLines({ columns, rows }: LetterPart & { kind: 'table' }): string[] {
  const lines = [columns.map(({ name }) => name), ...rows];
  const width = Math.max(...lines.map(([first = '']) => first.length));
  return lines.flatMap(([first = '', second = '', ...others]) => [
    `${columns[0]?.type === 'number' ? first.padStart(width) : first.padEnd(width)}  ${second}`,
    ...others.map((cell) => `${' '.repeat(width)}  ${cell}`),
  ]);
}
