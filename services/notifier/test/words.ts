import { decodeHTML } from 'entities';

/** The words a reader of the HTML sees, in order. */
export function wordsOfHtml(html: string): string[] {
  const body = html.replace(/<head>.*<\/head>/su, ' ').replace(/<[^>]*>/gu, ' ');
  return decodeHTML(body).split(/\s+/u).filter(Boolean);
}

/** The words of a mail's text, in order, without what only draws lines. */
export function wordsOfText(text: string): string[] {
  const visible = text
    .replace(/^-+ ?$/gmu, ' ')
    .replace(/^- /gmu, ' ')
    .replace(/^(File|Undone import|Uploaded|Asked for|Finished|Rows): /gmu, '$1 ');
  return visible.split(/\s+/u).filter(Boolean);
}
