import { IMPORT_STATUSES, MAIL_STATES } from '@mentorline/domain';
import type { DeadLetters } from './dead-letters.ts';
import { type Html, html } from './html.ts';
import { letterTables } from './letter-page.ts';
import {
  actButton,
  age,
  confirmedAct,
  countText,
  importLink,
  LEVELS,
  notices,
  timeText,
} from './ops-parts.ts';
import type { Overview, ProcessView, RunningView } from './overview-view.ts';

/** Where on the page the things stand that need attention. */
const PLACES = { process: 'processes', queue: 'queues', mails: 'mails', 'dead-letters': 'dead' } as const;

/** The overview as a page: what needs attention first. */
export function overviewContent(overview: Overview, dead: DeadLetters, isOperator: boolean): Html {
  const { attention, processes, queues, imports, mails, roles, redis, mongodb, rowsPerMinute, at } = overview;
  return html`<h1>Operations</h1>
<section aria-labelledby="attention"><h2 id="attention">Needs attention (${attention.length})</h2>
${
  attention.length === 0
    ? html`<p class="notice ok"><b>✔ All is well.</b> Nothing needs you at the moment.</p>`
    : html`<ul class="plain">${attention.map(
        ({ severity, message, target }) =>
          html`<li class="notice ${severity}"><b>${LEVELS[severity]}</b> <span>${message}. ${
            target &&
            (target.kind === 'import'
              ? importLink(target.id, 'See its story')
              : html`<a href="#${PLACES[target.kind]}">See ${target.kind === 'dead-letters' ? 'them' : 'there'}</a>`)
          }</span></li>`,
      )}</ul>`
}
<p class="soft">As of ${timeText(at)}</p></section>

<section aria-labelledby="figures"><h2 id="figures">At a glance</h2><dl class="figures">
${figure('Rows a minute', rowsPerMinute)}
${IMPORT_STATUSES.map((status) => figure(`Imports ${status}`, countText(imports.counts[status])))}
${MAIL_STATES.map((state) => figure(`Mails ${state}`, countText(mails.counts[state])))}
${figure('Oldest mail due', mails.oldestDueSeconds === null ? 'none' : age(mails.oldestDueSeconds))}
</dl><p class="soft">Completed, failed and cancelled imports: of the last 24 hours.</p></section>

<section aria-labelledby="imports"><h2 id="imports">Imports that have not ended</h2>
${
  imports.running.length === 0
    ? html`<p class="soft">None.</p>`
    : html`<table><thead><tr><th scope="col">Import</th><th scope="col">Stage</th><th scope="col">Rows</th>
<th scope="col">Last progress</th><th scope="col">Attempts</th><th scope="col">Waits for</th>
${isOperator && html`<th scope="col">Repair</th>`}</tr></thead><tbody>
${imports.running.map((one) => importRow(one, isOperator))}</tbody></table>`
}</section>

<section aria-labelledby="mails"><h2 id="mails">Mails that are tried again (${countText(mails.retried)})</h2>
${retriedMails(mails.retried)}</section>

<section aria-labelledby="processes"><h2 id="processes">Services</h2>
${
  processes.length === 0
    ? html`<p class="soft">None has been heard of within the hour.</p>`
    : html`<table><thead><tr><th scope="col">Service</th><th scope="col">State</th><th scope="col">Busy with</th>
<th scope="col">A minute</th><th scope="col">Version</th><th scope="col">Since</th>
${isOperator && html`<th scope="col">Repair</th>`}</tr></thead><tbody>
${processes.map((one) => processRow(one, isOperator))}</tbody></table>`
}
${isOperator && ['importer', 'notifier'].map((service) => serviceActs(service, processes))}
<p class="soft">${roles.map(({ role, heldBy }) => `${role}: ${heldBy}`).join(' · ')}</p></section>

<section aria-labelledby="queues"><h2 id="queues">Queues</h2>
${
  queues === null
    ? html`<p class="notice critical"><b>${LEVELS.critical}</b> Redis does not answer.</p>`
    : html`<table><thead><tr><th scope="col">Queue</th><th scope="col">State</th><th scope="col">Waiting</th>
<th scope="col">Active</th><th scope="col">Failed</th><th scope="col">Oldest waits</th><th scope="col">Jobs a minute</th>
<th scope="col">Limits</th>${isOperator && html`<th scope="col">Repair</th>`}</tr></thead><tbody>
${queues.map(
  ({ name, paused, waiting, active, failed, oldestWaitingSeconds, jobsPerMinute, limits }) =>
    html`<tr><td data-label="Queue">${name}</td>
<td data-label="State"><span class="tag ${paused ? 'warning' : 'ok'}">${paused ? 'paused' : 'open'}</span></td>
<td data-label="Waiting" class="n">${waiting}</td><td data-label="Active" class="n">${active}</td>
<td data-label="Failed" class="n">${failed}</td>
<td data-label="Oldest waits">${oldestWaitingSeconds === null ? '–' : age(oldestWaitingSeconds)}</td>
<td data-label="Jobs a minute" class="n">${jobsPerMinute}</td>
<td data-label="Limits">${limits.judgements.map(({ text }) => text).join('; ') || 'none'}</td>
${
  isOperator &&
  html`<td data-label="Repair">${
    paused
      ? actButton({ act: 'resume', id: name, text: 'Resume', about: `the queue ${name}` })
      : confirmedAct({ act: 'pause', id: name, text: 'Pause', about: `the queue ${name}` })
  }</td>`
}</tr>`,
)}</tbody></table>`
}</section>

<div class="side">
<section aria-labelledby="redis"><h2 id="redis">Redis ${redis.version}</h2>${notices(redis.judgements)}</section>
<section aria-labelledby="mongodb"><h2 id="mongodb">MongoDB ${mongodb.version}</h2>${notices(mongodb.judgements)}</section>
</div>

<section aria-labelledby="dead"><h2 id="dead">Dead letters</h2>
${letterTables(dead, isOperator)}
<p class="soft">The last of them${dead.nextCursor && ', of more'}; of imports those that failed by a fault of ours.
<a href="/ops/dead-letters">All that were given up</a> · <a href="/ops/dead-letters?show=dismissed">Those that were put aside</a></p></section>`;
}

function retriedMails({ longest }: Overview['mails']['retried']): Html {
  if (!longest) return html`<p class="soft">None.</p>`;
  const { id, kind, attempts, triedForSeconds, nextAttemptAt, lastError } = longest;
  return html`<p>Most often: the mail ${id} (${kind}), ${attempts} attempts in ${age(triedForSeconds)}, the next at ${timeText(nextAttemptAt)}.</p>
<p class="soft">${lastError}</p>`;
}

function figure(name: string, value: string | number): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function importRow(one: RunningView, isOperator: boolean): Html {
  const {
    id,
    organisation,
    kind,
    mode,
    status,
    rowsDone,
    rowsTotal,
    waitingSeconds,
    attempts,
    waits,
    heldBy,
  } = one;
  const what = `${kind}${mode === 'check' ? ', check' : ''}`;
  return html`<tr><td data-label="Import"><span>${importLink(id, id)}<br><span class="soft">${organisation.name} · ${what}</span></span></td>
<td data-label="Stage">${status}</td>
<td data-label="Rows" class="n"><span>${rowsDone} of ${rowsTotal ?? '?'}${
    rowsTotal !== null &&
    html`<progress max="${rowsTotal}" value="${rowsDone}" aria-label="Rows done"></progress>`
  }</span></td>
<td data-label="Last progress">${age(waitingSeconds)} ago</td>
<td data-label="Attempts" class="n">${attempts}</td>
<td data-label="Waits for"><span><span class="tag ${waits.why === 'working' ? 'working' : 'warning'}">${waits.why}</span>
<span class="soft">${heldBy ?? waits.text}</span></span></td>
${isOperator && html`<td data-label="Repair"><div>${importActs(id)}</div></td>`}</tr>`;
}

/** What can be done with an import that has not ended. */
export function importActs(id: string): Html {
  return html`${confirmedAct({ act: 'release', id, text: 'Release', about: `import ${id}` })}
${confirmedAct({ act: 'cancel', id, text: 'Cancel', about: `import ${id}` })}`;
}

const TASKS_SHOWN = 3;
const STATE_LOOKS = {
  idle: 'ok',
  busy: 'busy',
  draining: 'warning',
  drained: 'warning',
  silent: 'critical',
} as const;

function processRow(one: ProcessView, isOperator: boolean): Html {
  const { id, service, version, host, pid, since, state, silentSeconds, canDrain, busy, perMinute, relay } =
    one;
  const said = state === 'silent' ? `silent for ${age(silentSeconds)}` : state;
  const name = `the ${service} on ${host}`;
  return html`<tr><td data-label="Service"><span>${service}<br><span class="soft">${host} (${pid})</span></span></td>
<td data-label="State"><span><span class="tag ${STATE_LOOKS[state]}">${said}</span>${
    relay && !relay.works && html`<br><span class="tag critical">no relay (${relay.error})</span>`
  }</span></td>
<td data-label="Busy with"><span>${busy.length === 0 ? '–' : busyList(busy)}</span></td>
<td data-label="A minute">${
    Object.entries(perMinute)
      .map(([what, n]) => `${what}: ${n}`)
      .join(', ') || '–'
  }</td>
<td data-label="Version">${version}</td><td data-label="Since">${timeText(since)}</td>
${
  isOperator &&
  html`<td data-label="Repair">${
    !canDrain || state === 'silent'
      ? '–'
      : isDraining(one)
        ? actButton({ act: 'undrain', id, text: 'Undrain', about: name })
        : confirmedAct({ act: 'drain', id, text: 'Drain', about: name })
  }</td>`
}</tr>`;
}

/** A notifier has many mails in hand at a time, and what stands below is to stay in sight: the longest at it are shown. */
function busyList(busy: ProcessView['busy']): Html {
  const more = busy.length - TASKS_SHOWN;
  return html`${busy.slice(0, TASKS_SHOWN).map((task) => html`${task.kind} ${taskLink(task)}<br>`)}${
    more > 0 && html`<span class="soft">and ${more} more</span>`
  }`;
}

function isDraining({ state }: ProcessView): boolean {
  return state === 'draining' || state === 'drained';
}

/** Before a deploy: all that are there. */
function serviceActs(service: string, processes: readonly ProcessView[]): Html | undefined {
  const those = processes.filter((one) => one.service === service && one.canDrain && one.state !== 'silent');
  if (those.length < 2) return undefined;
  const about = `all ${those.length} ${service}s`;
  return those.every(isDraining)
    ? actButton({ act: 'undrain-service', id: service, text: `Undrain ${about}`, about: 'that are there' })
    : confirmedAct({ act: 'drain-service', id: service, text: `Drain ${about}`, about: 'that are there' });
}

function taskLink({ kind, id }: { kind: string; id: string }): Html | string {
  return kind === 'import' || kind === 'shard' ? importLink(id, id) : id;
}
