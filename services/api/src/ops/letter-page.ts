import type { DeadLetters, DeadLetterView } from './dead-letters.ts';
import { type Html, html } from './html.ts';
import type { Viewer } from './ops-layout.ts';
import { actButton, confirmedAct, importLink, timeText } from './ops-parts.ts';

/** A page of what was given up. */
export function letterContent(
  letters: DeadLetters,
  { show = 'all', viewer }: { show: 'all' | 'dismissed' | undefined; viewer: Viewer },
): Html {
  const { nextCursor } = letters;
  const other =
    show === 'dismissed'
      ? html`<a href="/ops/dead-letters">Those that were not put aside</a>`
      : html`<a href="/ops/dead-letters?show=dismissed">Those that were put aside</a>`;
  return html`<h1>Dead letters${show === 'dismissed' && ' that were put aside'}</h1>
<section aria-label="Dead letters">${letterTables(letters, viewer.isOperator)}
<p>${nextCursor && html`<a href="/ops/dead-letters?show=${show}&amp;cursor=${nextCursor}">Older ones</a> · `}${other}</p></section>`;
}

export function letterTables({ imports, mails }: DeadLetters, isOperator: boolean): Html {
  return html`${letterTable('Imports', imports, isOperator)}
${letterTable('Mails', mails, isOperator)}`;
}

function letterTable(title: string, letters: readonly DeadLetterView[], isOperator: boolean): Html {
  if (letters.length === 0) return html`<p class="soft">${title}: none.</p>`;
  return html`<table><caption class="soft">${title}</caption><thead><tr><th scope="col">What</th><th scope="col">When</th>
<th scope="col">Reason</th><th scope="col">Way back</th></tr></thead><tbody>
${letters.map((letter) => {
  const { kind, id, at, reason, wayBack, mail } = letter;
  return html`<tr><td data-label="What"><span>${kind === 'import' ? importLink(id, id) : html`${mail?.kind} to ${mail?.to}`}</span></td>
<td data-label="When">${timeText(at)}</td><td data-label="Reason">${reason}</td>
<td data-label="Way back"><div>${wayBack}. ${isOperator && letterActs(letter)}</div></td></tr>`;
})}</tbody></table>`;
}

function letterActs({ kind, id, retry, dismissedAt }: DeadLetterView): Html {
  const about = `${kind} ${id}`;
  const again =
    kind === 'import'
      ? actButton({ act: 'retry', id, text: 'Retry', about })
      : actButton({ act: 'send-again', id, text: 'Send again', about });
  return html`${retry && again}
${dismissedAt === null && confirmedAct({ act: `dismiss-${kind}`, id, text: 'Dismiss', about })}`;
}
