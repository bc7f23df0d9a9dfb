import { hashOf, mailPage, STYLE_CSP } from './mail-page.ts';

// The token stands behind the #, which the browser keeps to itself; it leaves by this call only.
const SCRIPT = `
const form = document.querySelector('form');
const said = document.querySelector('[role=status]');
const button = document.querySelector('button');
const say = (text, isFault) => {
  said.textContent = text;
  said.className = isFault ? 'fault' : '';
};
const token = () => new URLSearchParams(location.hash.slice(1)).get('token');
const lookAtLink = () => {
  form.hidden = !token();
  if (token()) say('');
  else say('This link is not complete. Open it once more from the mail, or copy it as a whole.', true);
};
lookAtLink();
addEventListener('hashchange', lookAtLink);
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  // Whoever presses twice is not told of a link that is used up.
  if (button.disabled) return;
  const [password, again] = [form.password.value, form.again.value];
  if (password !== again) return say('The two passwords differ.', true);
  button.disabled = true;
  say('One moment …');
  try {
    const answer = await fetch('/v1/auth/password-reset/confirm', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: token(), password }),
    });
    if (answer.ok) {
      form.remove();
      history.replaceState(null, '', location.pathname);
      return say('Your password is set. Sign in with it now.');
    }
    const { detail, errors } = await answer.json();
    say(errors.length > 0 ? 'The password ' + errors[0].message + '.' : detail + '.', true);
  } catch {
    say('The server does not answer; try again in a moment.', true);
  }
  button.disabled = false;
});`;

/** The page that a mailed link opens. It loads nothing, and runs only what stands in it. */
export const SET_PASSWORD_PAGE = mailPage({
  title: 'Set your password',
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
  STYLE_CSP,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');
