import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { startInbox } from '../src/inbox.ts';
import { startInboxPage } from '../src/inbox-page.ts';

const HOSTILE = '<script>alert(1)</script>"\'&';
const MAIL = [
  'Message-ID: <report.1@example.org>',
  `From: "${HOSTILE.replaceAll('"', '')}" <mentorline@example.org>`,
  'To: Priya <manager@example.org>',
  'Date: Mon, 14 Jun 2027 09:30:00 +0000',
  `Subject: ${HOSTILE}`,
  'Content-Type: multipart/alternative; boundary=x',
  '',
  '--x',
  'Content-Type: text/plain',
  '',
  `Text ${HOSTILE}`,
  '--x',
  'Content-Type: text/html',
  '',
  '<html><head><title>x</title></head><body><script>alert(2)</script><a href="https://example.org">go</a></body></html>',
  '--x--',
  '',
].join('\r\n');
const NAME = '20270614T093000-0001-report.1@example.org.eml';

async function open(t: {
  testdir(files: Record<string, string>): string;
  teardown(run: () => unknown): unknown;
}) {
  const dir = t.testdir({ 'secret.txt': 'secret' });
  const inbox = await startInbox({ dir });
  const page = await startInboxPage(inbox);
  t.teardown(async () => {
    await page.stop();
    await inbox.stop();
  });
  const get = async (path: string, { method = 'GET', host = new URL(page.url).host } = {}) => {
    const asked = request(new URL(page.url), { path, method, headers: { host } }).end();
    const [response] = (await new Promise((resolve, reject) => {
      asked.on('response', (answer) => resolve([answer])).on('error', reject);
    })) as [import('node:http').IncomingMessage];
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  };
  return { dir, get };
}

t.test('the page lists the mails, and shows each with what it holds', async (t) => {
  const { dir, get } = await open(t);
  t.match((await get('/')).body, 'No mail yet');
  await writeFile(`${dir}/${NAME}`, MAIL);
  const list = await get('/');
  t.equal(list.status, 200);
  const [, path = ''] = /<a href="(\/[^"]+)">/u.exec(list.body) ?? [];
  t.match(list.body, 'manager@example.org');
  const shown = await get(path);
  t.match(shown.body, 'report.1@example.org');
  t.match(shown.body, `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="${path}/html"`);
  const html = await get(`${path}/html`);
  t.match(html.body, '<base target="_blank">');
  t.match(html.body, 'href="https://example.org"');
  t.equal((await get(`${path}/raw`)).body, MAIL);
});

t.test('nothing of a mail runs, or stands in the page as anything but text', async (t) => {
  const { dir, get } = await open(t);
  await writeFile(`${dir}/${NAME}`, MAIL);
  const path = `/${encodeURIComponent(NAME)}`;
  for (const url of ['/', path]) {
    const { body, headers } = await get(url);
    t.notMatch(body, '<script');
    t.match(body, '&#60;script&#62;');
    t.match(headers['content-security-policy'], /^default-src 'none'/);
  }
  const html = await get(`${path}/html`);
  t.match(html.headers['content-security-policy'], /^sandbox allow-popups [a-z-]+; default-src 'none'/);
  t.notMatch(html.headers['content-security-policy'], /allow-scripts|allow-same-origin/);
  const raw = await get(`${path}/raw`);
  t.match(raw.headers, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
});

t.test('it shows mails only, to whoever has its address only, and takes nothing', async (t) => {
  const { get } = await open(t);
  for (const path of ['/secret.txt', '/..%2fsecret.txt', '/%2e%2e', `/${encodeURIComponent(NAME)}`]) {
    t.equal((await get(path)).status, 404, path);
  }
  t.equal((await get('/', { host: 'rebound.example.net' })).status, 403);
  t.equal((await get('/', { method: 'POST' })).status, 403);
  t.equal((await get('/%')).status, 500, 'and goes on');
  t.equal((await get('/')).status, 200);
});
