import { hashOf, mailPage } from './mail-page.ts';

const STYLE = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
main { max-width: 26rem; margin: 10vh auto; padding: 0 1rem; }
button { font: inherit; padding: 0.5rem 1rem; }`;

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
    style: STYLE,
    content: `<main>
${CONTENT[content]}
</main>`,
  });
}

export const UNSUBSCRIBE_CSP = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(';');
