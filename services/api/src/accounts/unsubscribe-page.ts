import { mailPage, STYLE_CSP } from './mail-page.ts';

const CONTENT = {
  ask: `<h1>No more reminders?</h1>
<p>You would get no more reminders before sessions begin. You are still told of new, changed and cancelled sessions.</p>
<form method="post"><button>No more reminders</button></form>`,
  done: `<h1>No more reminders</h1>
<p>You get no more reminders of sessions. Should you want them again, ask the administrator of your organisation.</p>`,
  unknown: `<h1>This link is not complete</h1>
<p>Open it once more from the mail, or copy it as a whole. Nothing has been changed.</p>`,
} as const;

/** The pages of the link by which reminders end. They load nothing, and run nothing. */
export function unsubscribePage(content: keyof typeof CONTENT): string {
  return mailPage({
    title: 'Reminders of sessions',
    content: `<main>
${CONTENT[content]}
</main>`,
  });
}

export const UNSUBSCRIBE_CSP = [
  "default-src 'none'",
  STYLE_CSP,
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(';');
