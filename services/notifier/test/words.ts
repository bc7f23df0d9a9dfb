import { decodeHTML } from 'entities';

/** The words a reader of the HTML sees, in order. */
export function wordsOfHtml(html: string): string[] {
  return wordsOf(decodeHTML(html.replace(/<head>.*<\/head>/su, ' ').replace(/<[^>]*>/gu, ' ')));
}

/** The words of a mail's text, in order, without what only draws lines. */
export function wordsOfText(text: string): string[] {
  return wordsOf(text.replace(/^-+ ?$/gmu, ' ').replace(/^- /gmu, ' '));
}

/** A colon behind a name is the text's way of drawing a table. */
function wordsOf(visible: string): string[] {
  return visible
    .split(/\s+/u)
    .map((word) => word.replace(/:$/u, ''))
    .filter(Boolean);
}
