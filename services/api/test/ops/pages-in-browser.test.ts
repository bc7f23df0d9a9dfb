import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeError } from '@mentorline/runtime';
import { newId } from '@mentorline/store';
import { findFlaws, openBrowser } from '@mentorline/testkit/browser';
import t from 'tap';
import { openOpsPages } from './open-ops-pages.ts';
import { CONTENT, OBSERVER, OPERATOR } from './operators.ts';

const UNKNOWN = '550 5.1.1 <manager@example.org> unknown';
const browser = await openBrowser(t);
const { needsChromium, visit } = browser;
/** For all tests but those that look at everything there is. */
const { origin, enter, store, deps, running, failed, givenUp, password } = await openOpsPages(t, browser);

t.test('an operator signs in and sees on one page what is stuck, and why', needsChromium, async (t) => {
  const { id } = await failed('INTERNAL_ERROR');
  await givenUp(await failed('QUOTE_BROKEN'), UNKNOWN);
  const { page, complaints, complainsOf } = await visit(t, origin);
  await page.goto('/ops');
  t.equal(new URL(page.url()).pathname, '/ops/login');
  await page.getByLabel('E-mail').and(page.locator(':focus')).waitFor();
  await page.keyboard.type(OPERATOR);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  t.equal(await page.getByRole('alert').textContent(), 'E-mail or password is wrong.');
  await complainsOf(/ 401 /);
  t.equal(await page.getByLabel('E-mail').inputValue(), OPERATOR, 'what was right is not asked for again');
  await page.getByLabel('Password').and(page.locator(':focus')).waitFor();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForURL('/ops');

  const notices = page.getByRole('region', { name: 'Needs attention' });
  const attention = await notices.textContent();
  t.match(attention, 'An import failed by a fault of ours');
  t.match(attention, '1 mail was given up');
  const dead = page.getByRole('region', { name: 'Dead letters' });
  const letter = async (name: string) => dead.getByRole('row').filter({ hasText: name }).textContent();
  t.match(await letter(id), /INTERNAL_ERROR, row 1[\s\S]*Retry it/);
  t.equal(await dead.getByRole('row').filter({ hasText: 'QUOTE_BROKEN' }).count(), 0, 'no file of a user');
  t.match(await letter('import-report'), UNKNOWN);
  await notices
    .getByRole('listitem')
    .filter({ hasText: 'given up' })
    .getByRole('link', { name: 'See them' })
    .click();
  await page.getByRole('heading', { name: 'Dead letters' }).and(page.locator(':target')).waitFor();
  t.notMatch(await page.content(), CONTENT);
  t.same(complaints, []);
});

t.test('a button mends what is stuck, and the page tells that it is done', needsChromium, async (t) => {
  const { enter, store, deps, running, failed, givenUp } = await openOpsPages(t, browser);
  const stuck = await running();
  const gaveUp = await failed('INTERNAL_ERROR');
  const mailId = await givenUp(gaveUp, UNKNOWN);
  const { page, complaints } = await enter(OPERATOR);
  const press = (name: string) => page.getByRole('button', { name }).click();
  const done = async (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();

  await press(`Retry import ${gaveUp.id}`);
  await done('Done. This is the import that tries the failed one again.');
  const retried = page.url().split('/').at(-1)!;
  t.match(await store.imports.findImport(retried), { status: 'queued', fileId: gaveUp.fileId });
  await page.reload();
  t.equal(await page.getByText('Done.').count(), 0, 'told once');

  await page.getByRole('link', { name: 'Operations' }).click();
  await press(`Send again mail ${mailId}`);
  await done('Done. The mail waits to be sent again.');
  t.match(await store.mails.findMail(mailId), { status: 'pending' });
  t.match(await page.getByRole('region', { name: 'Dead letters' }).textContent(), 'Mails: none.');

  await page.getByLabel(`Release import ${stuck.id} …`).click();
  t.match((await store.looks.lookAtImport(stuck.id))?.lease, { owner: stuck.owner }, 'it takes two presses');
  await press('Yes, release');
  await done('Done. The import was taken away from its importer');
  t.equal((await store.looks.lookAtImport(stuck.id))?.lease, null);
  t.match(
    await page.getByRole('listitem').last().textContent(),
    /Taken away from its importer in applying by Farah Khan/,
  );

  await page.goto('/ops');
  const queue = page.getByRole('region', { name: 'Queues' }).getByRole('row').filter({ hasText: 'mails' });
  await page.getByLabel('Pause the queue mails …').click();
  await press('Yes, pause');
  await done('Done. The queue is paused.');
  t.match(await queue.textContent(), 'paused');
  t.match(await deps.queues.look(), [{}, { name: 'mails', paused: true }]);
  await press('Resume the queue mails');
  await done('Done. The queue is open again.');
  t.match(await queue.textContent(), 'open');
  t.same(complaints, []);
});

t.test('the story of an import lists its steps in order', needsChromium, async (t) => {
  const { id } = await failed('INTERNAL_ERROR');
  const { page, complaints } = await enter(OPERATOR);
  await page.getByRole('link', { name: id }).click();
  await page.getByRole('heading', { name: `Import ${id}` }).waitFor();
  const steps = await page
    .getByRole('region', { name: 'What happened' })
    .getByRole('listitem')
    .allInnerTexts();
  t.same(
    steps.map((step) => step.replace(/^\S+ \S+ UTC /u, '')),
    [
      'Uploaded, accepted and queued by Priya Menon',
      'Claimed in queued, attempt 1 by process-1',
      'Went on to staging',
      'Failed: INTERNAL_ERROR, row 1',
    ],
  );
  t.notMatch(await page.content(), CONTENT);
  t.same(complaints, []);
});

t.test('an observer sees everything but people and buttons, and cannot act', needsChromium, async (t) => {
  const { id } = await running();
  await givenUp(await failed('INTERNAL_ERROR'), UNKNOWN);
  const { page, complaints } = await enter(OBSERVER);
  const dead = await page.getByRole('region', { name: 'Dead letters' }).textContent();
  t.match(dead, 'INTERNAL_ERROR, row 1');
  t.match(dead, '550 5.1.1 <…@example.org> unknown');
  for (const path of ['/ops', '/ops/dead-letters', `/ops/imports/${id}`]) {
    await page.goto(path);
    t.same(await page.getByRole('button').allInnerTexts(), ['Stop refreshing', 'Sign out'], path);
    t.equal(await page.locator('summary').count(), 0);
  }
  t.same(complaints, []);
  const act = `fetch('/ops/acts', { method: 'POST', body: new URLSearchParams({ act: 'pause', id: 'mails' }) })`;
  t.equal(await page.evaluate(`${act}.then(({ status }) => status)`), 403);
  t.match(await deps.queues.look(), [{}, { name: 'mails', paused: false }]);
});

t.test('signing out ends it, in every tab and on the way back', needsChromium, async (t) => {
  const { page, complaints } = await enter(OPERATOR);
  const other = await page.context().newPage();
  await other.goto('/ops');
  t.equal(await other.getByRole('heading', { name: 'Needs attention' }).count(), 1);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('/ops/login');
  await page.goBack();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await other.reload();
  t.equal(new URL(other.url()).pathname, '/ops/login');
  t.same(await page.context().cookies(), []);
  t.same(complaints, []);
});

t.test('a form that a page of another origin sends changes nothing', needsChromium, async (t) => {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(`<form method="post" action="${origin}/ops/acts">
<input name="act" value="pause"><input name="id" value="mails"><button>Win a prize</button></form>`),
  ).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { page } = await enter(OPERATOR);
  // The cookie goes along from the first, which is the same site by the browser's rules, and not from the second.
  for (const host of ['127.0.0.1', 'localhost']) {
    await page.goto(`http://${host}:${port}/`);
    const [answer] = await Promise.all([
      page.waitForResponse(`${origin}/ops/acts`),
      page.getByRole('button', { name: 'Win a prize' }).click(),
    ]);
    t.equal(answer.status(), 403, host);
    t.match(await deps.queues.look(), [{}, { name: 'mails', paused: false }]);
  }
  await page.goto(`${origin}/ops`);
  t.equal(
    await page.getByRole('heading', { name: 'Needs attention' }).count(),
    1,
    'who is signed in stays so',
  );
});

t.test('the page refreshes itself, and leaves alone what is being worked with', needsChromium, async (t) => {
  const { id } = await running();
  const { page } = await enter(OPERATOR);
  await page.clock.install();
  await page.reload();
  let asked = 0;
  page.on('request', () => {
    asked += 1;
  });
  const refreshed = page.getByRole('link', { name: (await failed('INTERNAL_ERROR')).id });
  await page.clock.runFor(5_000);
  await refreshed.waitFor();
  t.equal(asked, 1);
  t.match(await page.title(), /^Operations \(\d\)$/);

  const release = page.getByLabel(`Release import ${id} …`);
  await release.click();
  await page.clock.runFor(10_000);
  t.equal(asked, 1, 'not while something is open');
  await release.click();
  await page.clock.runFor(10_000);
  t.equal(asked, 1, 'nor while the keyboard is there');
  await page.getByRole('button', { name: 'Stop refreshing' }).click();
  await page.clock.runFor(10_000);
  t.equal(asked, 1, 'nor against the will of whoever looks');
  const goOn = page.getByRole('button', { name: 'Go on refreshing' });
  await Promise.all([page.waitForRequest('**/ops'), goOn.click()]);

  // In another tab.
  await page.evaluate(`fetch('/ops/logout', { method: 'POST' })`);
  await page.clock.runFor(5_000);
  await page.getByText('The figures are old').waitFor();
});

t.test('it works without scripts, too', needsChromium, async (t) => {
  const { page, complaints } = await enter(OPERATOR, { javaScriptEnabled: false });
  t.equal(await page.getByRole('button', { name: 'Stop refreshing' }).count(), 0);
  await page.getByLabel('Pause the queue mails …').click();
  await page.getByRole('button', { name: 'Yes, pause' }).click();
  await page.getByText('Done. The queue is paused.').waitFor();
  await page.getByRole('button', { name: 'Resume the queue mails' }).click();
  await page.getByText('Done. The queue is open again.').waitFor();
  t.same(complaints, []);
});

t.test('all of it can be done without a mouse', needsChromium, async (t) => {
  const { id } = await failed('INTERNAL_ERROR');
  const { page } = await visit(t, origin);
  await page.goto('/ops');
  await page.getByLabel('E-mail').and(page.locator(':focus')).waitFor();
  await page.keyboard.type(OPERATOR);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForURL('/ops');
  const tabTo = async (name: string): Promise<void> => {
    for (let i = 0; i < 50; i += 1) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement.ariaLabel')) === name) return;
    }
    throw new Error(`The keyboard does not come to ${name}`);
  };
  await tabTo('Pause the queue mails …');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Done. The queue is paused.').waitFor();
  await tabTo(`Retry import ${id}`);
  await page.keyboard.press('Space');
  await page.waitForURL('/ops/imports/*');
  t.match(await store.imports.findImport(id), { status: 'failed' });
  t.type((await store.looks.lookAtImport(id))?.retriedAs, 'string');
});

t.test(
  'the pages can be read by everybody: on a phone, in the dark, and by those who hear them',
  needsChromium,
  async (t) => {
    const { origin, enter, store, deps, running, failed, givenUp } = await openOpsPages(t, browser);
    const { page: outside } = await visit(t, origin);
    await outside.goto('/ops/login');
    t.same(await findFlaws(outside), []);
    await outside.getByLabel('E-mail').fill(OPERATOR);
    await outside.getByLabel('Password').fill('not the password');
    await outside.keyboard.press('Enter');
    await outside.getByRole('alert').waitFor();
    t.same(await findFlaws(outside), []);

    const stuck = await running();
    const error = describeError(new Error('the primary stepped down'))!;
    await store.imports.releaseImport(stuck.id, stuck.owner, 0, { what: 'interrupted', error });
    await givenUp(await failed('INTERNAL_ERROR'), UNKNOWN);
    const importer = {
      id: newId(),
      service: 'importer',
      version: '1.0.0',
      host: 'a-host-of-some-length',
      pid: 7,
    };
    const busy = [{ kind: 'import', id: stuck.id, since: new Date() }];
    const beat = { ...importer, since: new Date(), draining: false, busy, perMinute: { rows: 9 } };
    await store.heartbeats.beat(beat);
    await store.heartbeats.beat({ ...beat, id: newId(), pid: 8 });
    await deps.queues.setPaused('mails', true);
    const { page } = await enter(OPERATOR);
    await page.getByLabel(`Release import ${stuck.id} …`).click();
    await page.getByLabel('Drain all 2 importers that are there …').click();
    t.same(await findFlaws(page), []);
    await page.getByText('Yes, drain all 2 importers').click();
    await page.getByText('All of them were asked to take no new work').waitFor();
    t.same(await findFlaws(page), []);
    await page.goto(`/ops/imports/${stuck.id}?done=release`);
    await page.getByText('Stack').click();
    t.same(await findFlaws(page), []);
    await page.goto('/ops/dead-letters');
    t.same(await findFlaws(page), []);
    await page.goto(`/ops/imports/${newId()}`);
    t.match(await page.getByRole('main').textContent(), 'There is no such import.');
    t.same(await findFlaws(page), []);
  },
);
