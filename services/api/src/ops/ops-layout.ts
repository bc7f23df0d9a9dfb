import { hashOf } from '../accounts/mail-page.ts';
import { Html, html } from './html.ts';

const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ground: #f3f5f8; --ink: #16202c; --soft: #566273; --line: #d5dbe3;
  --link: #0b57a4; --bad: #a3161c; --bad-paper: #fdecec; --warn: #7a4b00; --warn-paper: #fff4dc; --good: #1b6437;
  --good-paper: #e7f5ec; --strong: #1e3a5f; font: 15px/1.45 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --paper: #18212c; --ground: #0f151c; --ink: #e6ebf1; --soft: #a3b0bf;
  --line: #2f3b49; --link: #84bdf5; --bad: #ff9d9d; --bad-paper: #3a1a1c; --warn: #f5cc7e; --warn-paper: #35290f;
  --good: #8fdcab; --good-paper: #14301f; --strong: #24456f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
header :focus-visible { outline-color: #fff; }
header { background: var(--strong); color: #fff; padding: 0.7rem 1rem; display: flex; flex-wrap: wrap; gap: 0.4rem 1.2rem;
  align-items: center; }
header a { color: #fff; }
header strong { font-size: 1.05rem; }
header form { margin-left: auto; display: flex; flex-wrap: wrap; gap: 0.4rem 0.8rem; align-items: center; }
main { max-width: 78rem; margin: 0 auto; padding: 1rem; display: grid; gap: 1rem; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 0.9rem 1rem; min-width: 0; }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 0 0 0.6rem; }
p { margin: 0.3rem 0; }
.soft { color: var(--soft); }
.said, .done { max-width: 78rem; margin: 0.7rem auto -0.4rem; padding: 0 1rem; }
.side { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); }
ul.plain { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.4rem; }
.notice { border-left: 5px solid; border-radius: 4px; padding: 0.45rem 0.7rem; margin: 0; }
li.notice { display: grid; gap: 0 0.7rem; grid-template-columns: 6rem 1fr; }
.critical { color: var(--bad); background: var(--bad-paper); }
.warning { color: var(--warn); background: var(--warn-paper); }
.ok { color: var(--good); background: var(--good-paper); }
.unknown { color: var(--soft); }
.tag { border-radius: 4px; padding: 0.05rem 0.45rem; white-space: nowrap; font-size: 0.9rem; }
.busy, .working { color: var(--good); background: var(--good-paper); }
.figures { display: flex; flex-wrap: wrap; gap: 0.5rem 1.6rem; margin: 0; }
.figures div { display: flex; flex-direction: column; }
.figures dt { color: var(--soft); font-size: 0.85rem; }
.figures dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; }
th { text-align: left; color: var(--soft); font-weight: 600; font-size: 0.85rem; }
th, td { padding: 0.35rem 0.7rem 0.35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tr:last-child td { border-bottom: 0; }
th, td[data-label="Stage"] { overflow-wrap: normal; }
td.n { font-variant-numeric: tabular-nums; }
progress { width: 8rem; height: 0.6rem; accent-color: var(--link); display: block; }
form.act { display: inline; }
button, summary.button { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--soft);
  border-radius: 6px; padding: 0.25rem 0.7rem; min-height: 2rem; cursor: pointer; white-space: nowrap; }
summary.button { list-style: none; }
summary.button::-webkit-details-marker { display: none; }
button:hover, summary.button:hover { border-color: var(--link); color: var(--link); }
details { display: inline-block; max-width: 100%; }
details p { max-width: 13rem; }
details[open] { border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem; }
pre { overflow-x: auto; background: var(--ground); padding: 0.6rem; border-radius: 6px; font-size: 0.8rem; }
ol.story { margin: 0; padding-left: 1.2rem; display: grid; gap: 0.5rem; }
ol.story > li { min-width: 0; }
label, input { display: block; width: 100%; font: inherit; }
input { margin: 0.25rem 0 0.9rem; padding: 0.5rem; border: 1px solid var(--soft); border-radius: 6px; background: var(--paper);
  color: var(--ink); }
main.narrow { max-width: 27rem; padding-top: 8vh; }
main.narrow .notice { margin: 0.6rem 0; }
main.narrow button { width: 100%; min-height: 2.75rem; background: var(--strong); border-color: var(--strong); color: #fff; }
@media (max-width: 46rem) {
  header form { margin-left: 0; }
  header form span { flex-basis: 100%; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  tr:last-child { border-bottom: 0; }
  td { display: flex; gap: 0.6rem; border: 0; padding: 0.15rem 0; }
  td::before { content: attr(data-label); color: var(--soft); flex: 0 0 8rem; }
  button, summary.button { min-height: 2.75rem; }
  summary.button { display: inline-flex; align-items: center; }
  li.notice { grid-template-columns: 1fr; }
}`;

// What is being worked with is left alone: nothing moves under a finger, a pointer or a screen reader.
const SCRIPT = `
// What was done is told once, not whenever the page is loaded again.
const address = new URL(location.href);
address.searchParams.delete('done');
if (address.href !== location.href) history.replaceState(null, '', address);
const pause = document.querySelector('#pause');
const said = document.querySelector('#said');
const say = (text) => { if (said.textContent !== text) said.textContent = text; };
let paused = false;
pause.hidden = false;
pause.addEventListener('click', () => {
  paused = !paused;
  pause.textContent = paused ? 'Go on refreshing' : 'Stop refreshing';
  if (!paused) refresh();
});
const isInUse = () => {
  const main = document.querySelector('main');
  return document.hidden || main.contains(document.activeElement) || main.querySelector('details[open]');
};
async function refresh() {
  if (paused || isInUse()) return;
  try {
    const answer = await fetch(location.href, { redirect: 'error', headers: { accept: 'text/html' } });
    if (!answer.ok) throw new Error();
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
    if (!isInUse()) document.querySelector('main').replaceWith(fresh);
    document.title = fresh.dataset.title;
    say(fresh.dataset.said);
  } catch {
    say('The figures are old: the gateway does not answer, or you have to sign in again.');
  }
}
setInterval(refresh, 5000);`;

export const OPS_CSP = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(';');

/** Who looks, and as what. */
export interface Viewer {
  name: string;
  isOperator: boolean;
}

/** A page for somebody who is signed in; it refreshes itself, and works without scripts too. */
export function opsPage(page: {
  title: string;
  said: string;
  /** What whoever looks has just had done. */
  done: string | undefined;
  viewer: Viewer;
  content: Html;
}): string {
  const { title, said, done, viewer, content } = page;
  return document(
    title,
    html`<header>
<strong>mentorline</strong>
<nav><a href="/ops">Operations</a> · <a href="/ops/queues">Queue board</a></nav>
<form method="post" action="/ops/logout"><span>${viewer.name}, ${viewer.isOperator ? 'operator' : 'observer'}</span>
<button type="button" id="pause" hidden>Stop refreshing</button><button>Sign out</button></form>
</header>
${done && html`<div class="done"><p class="notice ok" role="status"><b>✔ Done.</b> ${done}.</p></div>`}
<p id="said" role="status" class="soft said">${said}</p>
<main data-title="${title}" data-said="${said}">
${content}
</main>
<script>${new Html(SCRIPT)}</script>`,
  );
}

/** A page for anybody: the sign-in, and what went wrong. */
export function plainPage(title: string, content: Html): string {
  return document(title, html`<main class="narrow"><section>${content}</section></main>`);
}

function document(title: string, body: Html): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
