import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ground: #f3f5f8; --ink: #16202c; --line: #d5dbe3; --edge: #566273;
  --strong: #1e3a5f; --link: #0b57a4; --bad: #a3161c; font: 16px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --paper: #18212c; --ground: #0f151c; --ink: #e6ebf1; --line: #2f3b49;
  --edge: #a3b0bf; --strong: #24456f; --link: #84bdf5; --bad: #ff9d9d; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--ground); color: var(--ink); }
main { max-width: 27rem; margin: 7vh auto; padding: 1rem 1.25rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: 8px; }
h1 { font-size: 1.4rem; margin: 0.3rem 0 1rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
label, input, button { display: block; width: 100%; font: inherit; }
input { margin: 0.3rem 0 1rem; padding: 0.5rem; color: var(--ink); background: var(--paper); border: 1px solid var(--edge);
  border-radius: 6px; }
button { min-height: 2.75rem; margin: 0.3rem 0 1rem; color: #fff; background: var(--strong); border: 0; border-radius: 6px;
  cursor: pointer; }
.fault { color: var(--bad); }`;

/** A page that a link in a mail opens: it loads nothing, and runs only what stands in `content`. */
export function mailPage({ title, content }: { title: string; content: string }): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${content}
</body>
</html>
`;
}

export const STYLE_CSP = `style-src ${hashOf(STYLE)}`;

/** By what a Content-Security-Policy allows a style or a script that stands in the page. */
export function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
