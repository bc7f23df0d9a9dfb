import type { Letter, LetterPart } from './letter.ts';

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif";
const TEXT = '#1f2933';
const MUTED = '#52606d';
const LINE = '#d9dee4';
const CELL = `padding:8px 10px;border-bottom:1px solid ${LINE};font-size:14px;line-height:1.45;vertical-align:top`;

const TONES = {
  good: { text: '#14532d', ground: '#dcfce7' },
  mixed: { text: '#713f12', ground: '#fef3c7' },
  bad: { text: '#7f1d1d', ground: '#fee2e2' },
} as const;

// Looks live in style attributes, which every client keeps; only what needs a media query stands here.
const STYLE = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) {
  .page { padding: 0 !important; }
  .card { border-radius: 0 !important; padding: 20px 16px !important; }
  .cell { padding-left: 5px !important; padding-right: 5px !important; }
}
@media (prefers-color-scheme: dark) {
  .page { background: #111418 !important; }
  .card { background: #1b2027 !important; color: #e6e9ee !important; }
  .muted { color: #a9b4c0 !important; }
  .cell { border-color: #39424d !important; }
  .link { color: #8ab4ff !important; }
  .good { background: #14351f !important; color: #bbf7d0 !important; }
  .mixed { background: #3d3110 !important; color: #fde68a !important; }
  .bad { background: #451a1a !important; color: #fecaca !important; }
}`;

/** The letter as an HTML document: one column, no images, nothing loaded, readable on a phone and in the dark. */
export function writeHtml({ heading, tone, parts, footer }: Letter): string {
  const { text, ground } = TONES[tone];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(heading)}</title>
<style>${STYLE}
</style>
</head>
<body class="page" style="margin:0;padding:24px 12px;background:#f3f4f6;${FONT}">
<div class="card" style="max-width:640px;margin:0 auto;padding:28px 32px;border-radius:10px;background:#ffffff;color:${TEXT};${FONT};font-size:16px;line-height:1.5;overflow-wrap:anywhere">
<h1 class="${tone}" style="margin:0 0 20px;padding:14px 16px;border-radius:8px;background:${ground};color:${text};font-size:19px;line-height:1.35;font-weight:600">${escapeHtml(heading)}</h1>
${parts.map(writePart).join('\n')}
<p class="muted" style="margin:28px 0 0;color:${MUTED};font-size:13px">${escapeHtml(footer)}</p>
</div>
</body>
</html>
`;
}

function writePart(part: LetterPart): string {
  switch (part.kind) {
    case 'paragraph':
      return `<p style="margin:0 0 14px">${escapeHtml(part.text)}</p>`;
    case 'list':
      return `${title(part.title)}
<ul style="margin:0 0 14px;padding-left:20px">
${part.items.map((item) => `<li style="margin:0 0 4px">${escapeHtml(item)}</li>`).join('\n')}
</ul>`;
    case 'facts':
      return `${title(part.title)}
${table(part.facts.map(({ name, value }) => `<tr>${head(name, 'row', 'width:34%;text-align:left')}${cell(value, 'text-align:left')}</tr>`))}`;
    case 'table':
      return `${title(part.title)}
${table([
  `<tr>${part.columns.map(({ name }, index) => head(name, 'col', columnStyle(part, index))).join('')}</tr>`,
  ...part.rows.map(
    (row) => `<tr>${row.map((value, index) => cell(value, columnStyle(part, index))).join('')}</tr>`,
  ),
])}`;
    case 'link':
      return `<p style="margin:0 0 14px">${escapeHtml(part.label)}:<br>
<a class="link" href="${escapeHtml(part.url)}" style="color:#1d4ed8">${escapeHtml(part.url)}</a></p>`;
  }
}

function title(text: string): string {
  return `<h2 style="margin:26px 0 8px;font-size:16px;line-height:1.35;font-weight:600">${escapeHtml(text)}</h2>`;
}

function table(rows: readonly string[]): string {
  return `<table style="width:100%;margin:0 0 14px;border-collapse:collapse">
${rows.join('\n')}
</table>`;
}

function head(text: string, scope: 'row' | 'col', style: string): string {
  return `<th scope="${scope}" class="cell muted" style="${CELL};${style};color:${MUTED};font-weight:600">${escapeHtml(text)}</th>`;
}

function cell(text: string, style: string): string {
  return `<td class="cell" style="${CELL};${style}">${escapeHtml(text)}</td>`;
}

/** Numbers take what they need and the last column what is left; a phone must not squeeze those between. */
function columnStyle({ columns }: LetterPart & { kind: 'table' }, index: number): string {
  if (columns[index]?.type === 'number') {
    return 'width:1%;white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums';
  }
  return index < columns.length - 1 ? 'width:34%;text-align:left' : 'text-align:left';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => ENTITIES[character]!);
}
