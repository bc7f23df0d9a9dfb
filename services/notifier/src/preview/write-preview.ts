/** `npm run mail:preview`: a page that shows each mail with sample data, as HTML and as text. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { sampleMails } from './sample-mails.ts';

const PAGE = new URL('../../../mail-preview/index.html', import.meta.url);

// An empty sandbox: nothing in a mail may run here, as nothing runs where it is read.
const page = Handlebars.compile(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mails of mentorline</title>
<style>
  :root { color-scheme: light dark; }
  body { margin: 0 auto; padding: 24px; max-width: 1500px; font-family: system-ui, sans-serif; }
  .mail { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 390px), 1fr)); gap: 16px; }
  iframe, pre { box-sizing: border-box; width: 100%; height: 640px; margin: 0; border: 1px solid #8883; border-radius: 8px; }
  pre { padding: 16px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>Mails</h1>
<nav><ul>{{#each mails}}<li><a href="#{{name}}">{{subject}}</a></li>{{/each}}</ul></nav>
{{#each mails}}
<section id="{{name}}">
<h2>{{subject}}</h2>
<div class="mail">
<iframe title="{{name}}, HTML" sandbox="" srcdoc="{{html}}"></iframe>
<pre>{{text}}</pre>
</div>
</section>
{{/each}}
</body>
</html>
`);

await mkdir(new URL('.', PAGE), { recursive: true });
await writeFile(PAGE, page({ mails: sampleMails() }));
console.log(`Open ${fileURLToPath(PAGE)} in a browser.`);
