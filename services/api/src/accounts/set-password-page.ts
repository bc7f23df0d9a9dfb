import { hashOf, mailPage } from './mail-page.ts';

const STYLE = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
main { max-width: 26rem; margin: 10vh auto; padding: 0 1rem; }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
input, button { margin: 0.3rem 0 1rem; padding: 0.5rem; }`;

// The token stands behind the #, which the browser keeps to itself; it leaves by this call only.
const SCRIPT = `
const form = document.querySelector('form');
const say = (text) => { document.querySelector('[role=status]').textContent = text; };
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  const [password, again] = [form.password.value, form.again.value];
  if (password !== again) return say('The two passwords differ.');
  say('One moment …');
  try {
    const answer = await fetch('/v1/auth/password-reset/confirm', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, password }),
    });
    if (answer.ok) {
      form.remove();
      history.replaceState(null, '', location.pathname);
      return say('Your password is set. Sign in with it now.');
    }
    const { detail, errors } = await answer.json();
    say(errors.length > 0 ? 'The password ' + errors[0].message + '.' : detail + '.');
  } catch {
    say('The server does not answer; try again in a moment.');
  }
});`;

/** The page that a mailed link opens. It loads nothing, and runs only what stands in it. */
export const SET_PASSWORD_PAGE = mailPage({
  title: 'Set your password',
  style: STYLE,
  content: `<main>
<h1>Set your password</h1>
<form>
<label>New password, 12 characters or more
<input name="password" type="password" autocomplete="new-password" minlength="12" maxlength="200" required autofocus></label>
<label>Once more
<input name="again" type="password" autocomplete="new-password" maxlength="200" required></label>
<button>Set password</button>
</form>
<p role="status"></p>
<noscript><p>This page needs JavaScript.</p></noscript>
</main>
<script>${SCRIPT}</script>`,
});

export const SET_PASSWORD_CSP = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');
