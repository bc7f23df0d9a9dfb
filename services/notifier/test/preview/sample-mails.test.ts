import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SESSION_MAIL_KINDS } from '@mentorline/store';
import { findFlaws, openBrowser } from '@mentorline/testkit/browser';
import { decodeHTML } from 'entities';
import t from 'tap';
import { sampleMails } from '../../src/preview/sample-mails.ts';

const PREVIEW = fileURLToPath(new URL('../../src/preview/write-preview.js', import.meta.url));
/** What a template shows that was not filled, or was filled with nothing. */
const PLACEHOLDER = /\{\{|\}\}|\$\{|\bundefined\b|\bnull\b|\[object|\bNaN\b|Invalid Date/u;

/** A mail is an article within the page of whoever shows it: landmarks are for that one to give. */
const OF_A_WHOLE_PAGE = /: (?:landmark-one-main|region), /u;

const { needsChromium, visit } = await openBrowser(t);

t.test('the preview is a page that shows each kind of mail, as HTML and as text', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [PREVIEW]);
  const [, path = ''] = /^Open (.+) in a browser\.$/mu.exec(stdout) ?? [];
  const page = await readFile(path, 'utf8');
  const shown = [...page.matchAll(/<iframe title="([^"]+), HTML" sandbox="" srcdoc="([^"]*)">/gu)];
  t.same(
    shown.map(([, name]) => name),
    sampleMails().map(({ name }) => name),
  );
  const kinds = ['invitation', 'password-reset', 'report-all-well', 'report-some-invalid', 'report-failed'];
  for (const kind of [...kinds, ...SESSION_MAIL_KINDS]) {
    t.ok(
      shown.some(([, name]) => name === kind),
      kind,
    );
  }
  const mails = new Map(sampleMails().map((mail) => [mail.name, mail]));
  for (const [, name = '', html = ''] of shown) {
    t.equal(decodeHTML(html), mails.get(name)?.html, `${name}: whole`);
  }
  for (const { name, subject, text } of mails.values()) {
    t.ok(decodeHTML(page).includes(text), `${name}: its text`);
    t.match(decodeHTML(page), `<h2>${subject}</h2>`);
  }
  t.notMatch(decodeHTML(page), PLACEHOLDER);
});

t.test(
  'every mail can be read by everybody: on the smallest phone and a desk, in light and dark, and by those who hear it',
  needsChromium,
  async (t) => {
    const { page, complaints } = await visit(t, 'https://mentoring.example.org');
    const looks = [320, 1280].flatMap((width) =>
      (['light', 'dark'] as const).map((colorScheme) => ({ viewport: { width, height: 667 }, colorScheme })),
    );
    for (const { name, html } of sampleMails()) {
      await page.setContent(html);
      const flaws = await findFlaws(page, looks);
      t.same(
        flaws.filter((flaw) => !OF_A_WHOLE_PAGE.test(flaw)),
        [],
        name,
      );
    }
    t.same(complaints, [], 'nothing is fetched');
  },
);
