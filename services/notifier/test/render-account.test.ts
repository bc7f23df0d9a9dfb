import { decodeHTML } from 'entities';
import t from 'tap';
import { type AccountFacts, renderAccountMail } from '../src/render-account.ts';
import { LETTERHEAD } from './render-facts.ts';
import { wordsOfHtml, wordsOfText } from './words.ts';

const SETTING = {
  letterhead: LETTERHEAD,
  recipient: { name: 'Asha Rao', address: 'asha.rao@example.org' },
  publicUrl: 'https://mentoring.example.org',
};
const LINK = 'https://mentoring.example.org/set-password#token=tok-en_1';

function facts(given: Partial<AccountFacts> = {}): AccountFacts {
  return {
    kind: 'invitation',
    token: 'tok-en_1',
    expiresAt: new Date('2027-06-14T09:30:00Z'),
    timeZone: 'Asia/Kolkata',
    invitedBy: 'Sanjay Gupta',
    ...given,
  };
}

t.test('an invitation says who invites whom where, brings the link, and until when it is good', async (t) => {
  const { subject, text, html } = renderAccountMail(facts(), SETTING);
  t.equal(subject, 'Your account at Example Schools');
  for (const body of [text, wordsOfHtml(html).join(' ')]) {
    t.match(body, 'Hello Asha Rao,');
    t.match(body, 'Sanjay Gupta has made an account for you at Example Schools');
    t.match(body, LINK);
    t.match(body, 'until 15:00 IST on 14-06-2027');
    t.match(body, 'ask your administrator for a new one');
    t.match(body, 'asha.rao@example.org');
  }
  t.match(decodeHTML(html), `href="${LINK}"`);
});

t.test('a reset says that somebody asked, and what to do if it was not you', async (t) => {
  const { subject, text, html } = renderAccountMail(
    facts({ kind: 'password-reset', invitedBy: null }),
    SETTING,
  );
  t.equal(subject, 'Set a new password');
  for (const body of [text, wordsOfHtml(html).join(' ')]) {
    t.match(body, LINK);
    t.match(body, 'If it was not you, do nothing');
    t.notMatch(body, 'administrator');
  }
});

t.test('text and HTML say the same', async (t) => {
  for (const kind of ['invitation', 'password-reset'] as const) {
    const { text, html } = renderAccountMail(facts({ kind }), SETTING);
    t.same(wordsOfHtml(html), wordsOfText(text));
  }
});

t.test('names from outside stay words', async (t) => {
  const { subject, text, html } = renderAccountMail(facts({ invitedBy: '<script>alert(1)</script>' }), {
    ...SETTING,
    letterhead: { ...LETTERHEAD, organisationName: 'A\r\nBcc: x@example.org' },
    recipient: { ...SETTING.recipient, name: '<b>Asha</b>' },
  });
  t.equal(subject, 'Your account at A Bcc: x@example.org');
  t.notMatch(html, /<script>|<b>/);
  t.match(text, '<script>alert(1)</script> has made');
});

t.test('equal facts give equal mails', async (t) => {
  t.same(renderAccountMail(facts(), SETTING), renderAccountMail(facts(), SETTING));
});
