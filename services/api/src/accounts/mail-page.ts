import { createHash } from 'node:crypto';

/** A page that a link in a mail opens: it loads nothing, and runs only what stands in `content`. */
export function mailPage({
  title,
  style,
  content,
}: {
  title: string;
  style: string;
  content: string;
}): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${content}
</body>
</html>
`;
}

/** By what a Content-Security-Policy allows a style or a script that stands in the page. */
export function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
