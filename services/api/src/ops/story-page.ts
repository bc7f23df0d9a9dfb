import { type Html, html } from './html.ts';
import type { EventView, OpsImport } from './import-story.ts';
import type { OpsMailView } from './mail-view.ts';
import { importActs } from './ops-page.ts';
import { actButton, age, importLink, timeText } from './ops-parts.ts';

/** The story of one import as a page. */
export function storyContent(story: OpsImport, isOperator: boolean): Html {
  const { id, organisation, kind, mode, status, waits, failure, retriedAs, retryObstacle, events, mail } =
    story;
  const hasEnded = story.finishedAt !== null;
  return html`<h1>Import ${id}</h1>
<section aria-labelledby="state"><h2 id="state">Status: ${status}${failure && ` (${failure.code}${failure.row === null ? '' : `, row ${failure.row}`})`}</h2>
<p>${organisation.name} · ${kind}${mode === 'check' && ', check'} · ${story.sizeBytes} bytes</p>
<p>${story.rowsTotal === null ? 'Its rows have not been counted' : `${story.rowsDone} of ${story.rowsTotal} rows have a result`}; last progress ${age(story.waitingSeconds)} ago.</p>
${waits && html`<p>Now: ${waits.text}${story.heldBy && ` (${story.heldBy})`}.</p>`}
${retriedAs && html`<p>Retried as ${importLink(retriedAs, retriedAs)}.</p>`}
${
  story.rows &&
  html`<p>${Object.entries(story.rows)
    .flatMap(([name, n]) => (n > 0 ? `${name}: ${n}` : []))
    .join(', ')}</p>`
}
${isOperator && !hasEnded && html`<div>${importActs(id)}</div>`}
${
  status === 'failed' &&
  (retryObstacle === null
    ? isOperator && html`<div>${actButton({ act: 'retry', id, text: 'Retry', about: `import ${id}` })}</div>`
    : html`<p class="soft">It cannot be retried: ${retryObstacle}.</p>`)
}</section>

<section aria-labelledby="story"><h2 id="story">What happened</h2>
${!story.isComplete && html`<p class="soft">Not all of it is kept any more.</p>`}
<ol class="story">${events.map(eventItem)}</ol></section>

${mail && mailSection(mail, isOperator)}

<section aria-labelledby="checkpoints"><h2 id="checkpoints">Partitions and shards</h2>
<p>Checkpoints: ${story.checkpoints.length === 0 ? 'none yet' : story.checkpoints.join(', ')}.</p>
${story.shards.map(
  ({ shard, done, held, attempts, stalls }) =>
    html`<p>Shard ${shard}: ${done ? 'done' : held ? 'held' : 'free'}, attempts ${attempts}, workers lost ${stalls}.</p>`,
)}</section>`;
}

function eventItem({ at, lastAt, count, what, text, by, error }: EventView): Html {
  const times = what !== 'left-out' && count > 1 && `, ${count} times`;
  return html`<li>${timeText(at)}${lastAt && html` to ${timeText(lastAt)}`} <b>${text}</b>${times}${by && ` by ${by}`}
${
  error &&
  html`<br><span class="soft">${error.type} ${error.code} ${error.message}</span>
${error.stack && html`<details><summary>Stack</summary><pre tabindex="0" role="region" aria-label="Stack">${error.stack}</pre></details>`}`
}</li>`;
}

function mailSection(mail: OpsMailView, isOperator: boolean): Html {
  const { id, to, status, attempts, tries } = mail;
  return html`<section aria-labelledby="mail"><h2 id="mail">Its mail: ${status}</h2>
<p>To ${to}, attempts ${attempts}.</p>
<ol class="story">${tries.map(
    ({ at, status: outcome, answer }) => html`<li>${timeText(at)} <b>${outcome}</b> ${answer}</li>`,
  )}</ol>
${
  isOperator &&
  status === 'failed' &&
  html`<div>${actButton({ act: 'send-again', id, text: 'Send again', about: `mail ${id}` })}</div>`
}</section>`;
}
