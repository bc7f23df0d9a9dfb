import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import type { Letter, LetterPart } from './letter.ts';
import { brandLetterhead } from './letterhead.ts';

const TONES = {
  good: { name: 'good', ink: '#14532d', ground: '#dcfce7' },
  mixed: { name: 'mixed', ink: '#713f12', ground: '#fef3c7' },
  bad: { name: 'bad', ink: '#7f1d1d', ground: '#fee2e2' },
} as const;

// Made of `templates/letter.mjml` by the build.
const fill = Handlebars.compile(readFileSync(new URL('../templates/letter.html', import.meta.url), 'utf8'), {
  knownHelpersOnly: true,
});

/** The letter as an HTML document: one column, no images, nothing loaded, readable on a phone and in the dark. */
export function writeHtml({ letterhead, heading, tone, parts, footer }: Letter): string {
  return fill({
    letterhead: brandLetterhead(letterhead),
    heading,
    tone: TONES[tone],
    parts: parts.map(forTemplate),
    footer,
  });
}

/** A template asks by name which kind of part it is: `{ paragraph: … }`. */
function forTemplate(part: LetterPart): Record<string, unknown> {
  return { [part.kind]: part.kind === 'table' ? tableForTemplate(part) : part };
}

/** Numbers take what they need and the last column what is left; a phone must not squeeze those between. */
function tableForTemplate({ title, columns, rows }: LetterPart & { kind: 'table' }) {
  const shapes = columns.map(({ type }, index) => ({
    isNumber: type === 'number',
    isNarrow: type === 'text' && index < columns.length - 1,
  }));
  return {
    title,
    columns: columns.map(({ name }, index) => ({ name, ...shapes[index] })),
    rows: rows.map((row) => row.map((value, index) => ({ value, ...shapes[index] }))),
  };
}
