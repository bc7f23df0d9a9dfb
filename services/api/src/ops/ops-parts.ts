import type { Judgement } from '@mentorline/runtime';
import { Html, html } from './html.ts';

/** Words and signs, so that nothing is told by colour alone. */
export const LEVELS = {
  critical: new Html('<span aria-hidden="true">✖</span> Critical'),
  warning: new Html('<span aria-hidden="true">▲</span> Warning'),
  ok: new Html('<span aria-hidden="true">✔</span> Well'),
  unknown: new Html('<span aria-hidden="true">?</span> Unknown'),
} as const;

export function notices(judgements: readonly Judgement[]): Html {
  return html`<ul class="plain">${judgements.map(
    ({ level, text }) => html`<li class="notice ${level}"><b>${LEVELS[level]}</b> <span>${text}</span></li>`,
  )}</ul>`;
}

export const ACTS = [
  'release',
  'cancel',
  'retry',
  'pause',
  'resume',
  'drain',
  'undrain',
  'drain-service',
  'undrain-service',
  'send-again',
  'dismiss-import',
  'dismiss-mail',
] as const;
export type Act = (typeof ACTS)[number];

/** What has come of an act, for whoever asked for it. */
export const DONE: Readonly<Record<Act, string>> = {
  release: 'The import was taken away from its importer; the next one that is free goes on with it',
  cancel: 'The import was asked to stop',
  retry: 'This is the import that tries the failed one again',
  pause: 'The queue is paused',
  resume: 'The queue is open again',
  drain: 'The process was asked to take no new work',
  undrain: 'The process takes work again',
  'drain-service': 'All of them were asked to take no new work',
  'undrain-service': 'All of them take work again',
  'send-again': 'The mail waits to be sent again',
  'dismiss-import': 'The import was put aside',
  'dismiss-mail': 'The mail was put aside',
};

interface ActForm {
  act: string;
  id: string;
  text: string;
  /** Whom it befalls, for those who do not see where the button stands. */
  about: string;
}

export function actButton({ act, id, text, about }: ActForm): Html {
  return html`<form class="act" method="post" action="/ops/acts"><input type="hidden" name="act" value="${act}">
<input type="hidden" name="id" value="${id}"><button aria-label="${text} ${about}">${text}</button></form>`;
}

/** What is not done by a slip of the finger: it takes two. */
export function confirmedAct(form: ActForm): Html {
  const { text, about } = form;
  return html`<details><summary class="button" aria-label="${text} ${about} …">${text} …</summary>
<p>${text} ${about}?</p>${actButton({ ...form, text: `Yes, ${text.toLowerCase()}` })}</details>`;
}

export function importLink(id: string, text: string): Html {
  return html`<a href="/ops/imports/${id}">${text}</a>`;
}

export function timeText(time: string): Html {
  const [day = '', clock = ''] = time.replace(/(?:\.\d+)?Z$/u, '').split('T');
  return html`<time datetime="${time}">${day} ${clock} UTC</time>`;
}

export function countText({ count, isExact }: { count: number; isExact: boolean }): string {
  return `${isExact ? '' : '≈ '}${count}`;
}

/** `45 s`, `12 min`, `3 h`, `2 d`. */
export function age(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
