/** Part of the build: makes the HTML of `templates/*.mjml`, in which the notifier then fills in what a mail tells. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import mjml2html from 'mjml';

const SOURCE = new URL('../../templates/', import.meta.url);
const TARGET = new URL('../templates/', import.meta.url);

await mkdir(TARGET, { recursive: true });
for (const name of await readdir(SOURCE)) {
  // Nothing is loaded from anywhere, fonts included.
  const { html } = await mjml2html(await readFile(new URL(name, SOURCE), 'utf8'), {
    validationLevel: 'strict',
    keepComments: false,
    fonts: {},
  });
  await writeFile(new URL(name.replace(/\.mjml$/u, '.html'), TARGET), withoutIndent(html));
}

/** Indents and empty lines are two fifths of what the compiler writes, and would go out with every mail. */
function withoutIndent(html: string): string {
  return html.replace(/^\s+/gmu, '');
}
